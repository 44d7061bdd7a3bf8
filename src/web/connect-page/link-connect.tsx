import { FlaskConical } from 'lucide-react'
import { type RefObject, useEffect, useRef, useState } from 'react'
import type { AttemptBody, ConnectPageBody } from '../../http/wire.ts'
import { type AuthorizationTab, openAuthorizationTab } from '../connecting/authorization-tab.ts'
import { ConnectForm } from '../connecting/connect-form.tsx'
import type { Choice } from '../connecting/connectable.ts'
import { leaveInThisTab } from '../connecting/same-tab.ts'
import { connectTexts, linkTexts } from '../texts/connect.ts'
import { Badge } from '../ui/badge.tsx'
import { Logo } from '../ui/logo.tsx'
import type { LinkClient } from './link-client.ts'
import { LinkProgress } from './link-progress.tsx'

type Props = {
  client: LinkClient
  page: ConnectPageBody
  provider: ConnectPageBody['providers'][number]
  heading: RefObject<HTMLHeadingElement | null>
  onBack: (() => void) | undefined
}

type Underway = { attempt: AttemptBody; startedAt: number; blockedUrl: string | null }

/** Connecting one service for an end user. */
export function LinkConnect({ client, page, provider, heading, onBack }: Props) {
  const [underway, setUnderway] = useState<Underway | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const started = useRef(false)
  // Coming back from the provider with the back button shows this page as it was left: busy.
  useEffect(() => {
    const wake = (event: PageTransitionEvent) => {
      if (!event.persisted) return
      started.current = false
      setBusy(false)
    }
    window.addEventListener('pageshow', wake)
    return () => window.removeEventListener('pageshow', wake)
  }, [])

  const submit = async (choice: Choice) => {
    if (started.current) return
    started.current = true
    setBusy(true)
    setError(null)
    // A log-in that never comes back by a redirect needs this page to stay; the others go and return in this tab.
    const tab =
      choice.method === 'browser_login'
        ? openAuthorizationTab({
            open: window.open.bind(window),
            waitingText: connectTexts.opening(provider.name),
          })
        : null
    try {
      const attempt = await client.start(provider.id, choice)
      if (go({ attempt, tab })) return
    } catch (problem) {
      tab?.close()
      setError(problem)
    }
    started.current = false
    setBusy(false)
  }
  /** @returns whether this tab is leaving */
  const go = ({ attempt, tab }: { attempt: AttemptBody; tab: AuthorizationTab | null }): boolean => {
    const url = attempt.authorization_url
    if (url && !tab) {
      leaveInThisTab({ url, mark: { attempt: attempt.id, back: client.path }, window })
      return true
    }
    const opened = url ? tab?.go(url) : true
    if (!url) tab?.close()
    setUnderway({ attempt, startedAt: Date.now(), blockedUrl: opened ? null : (url ?? null) })
    return false
  }

  return (
    <>
      <div className="mb-4 flex items-start gap-3">
        <Logo name={provider.name} src={provider.logo} />
        <div className="min-w-0 flex-1">
          <h1 ref={heading} tabIndex={-1} className="text-xl leading-9 font-semibold outline-none">
            {connectTexts.title(provider.name)}
          </h1>
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm text-muted">
            {linkTexts.title(page.organization)}
            {provider.mode === 'sandbox' && (
              <Badge tone="accent" icon={FlaskConical}>
                {linkTexts.sandbox}
              </Badge>
            )}
          </p>
        </div>
      </div>
      {underway ? (
        <LinkProgress
          client={client}
          provider={provider.name}
          returnTo={page.return_to}
          first={underway.attempt}
          startedAt={underway.startedAt}
          blockedUrl={underway.blockedUrl}
          onOpened={() => setUnderway({ ...underway, blockedUrl: null })}
          onAgain={() => setUnderway(null)}
        />
      ) : (
        <ConnectForm
          provider={provider}
          onSubmit={(choice) => void submit(choice)}
          busy={busy}
          error={error}
          onCancel={onBack ?? (() => leave(page.return_to))}
          cancelLabel={onBack ? linkTexts.another : connectTexts.cancel}
          leavesInThisTab
        />
      )}
    </>
  )
}

/** The host application's page, which the hub checked when the link was made; else the page before this one. */
function leave(returnTo: string | null): void {
  if (returnTo) window.location.assign(returnTo)
  else window.history.back()
}
