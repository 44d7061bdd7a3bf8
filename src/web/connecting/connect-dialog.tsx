import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { ConnectionBody, ProviderDetailBody } from '../../http/wire.ts'
import { useHub } from '../api/hub-context.tsx'
import { providerQuery } from '../api/queries.ts'
import { allowTexts, connectTexts, frameTexts } from '../texts.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Logo } from '../ui/logo.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { LoadingNote, Skeleton } from '../ui/skeleton.tsx'
import { Advice } from './advice.tsx'
import { AllowForm } from './allow-form.tsx'
import { AttemptProgress } from './attempt-progress.tsx'
import { useAttempts } from './attempts.tsx'
import { type AuthorizationTab, openAuthorizationTab } from './authorization-tab.ts'
import { ConnectForm } from './connect-form.tsx'
import type { ConnectRequest } from './connect-context.tsx'
import { type Choice, usableMethods } from './connectable.ts'
import { OwnerChoice } from './owner-choice.tsx'
import { NeedsCredentials } from './needs-credentials.tsx'
import type { Watched } from './watch.ts'

/** The whole of connecting, in one dialog: explain, ask, wait, decide, done. */
export default function ConnectDialog({
  request,
  onClose,
}: {
  request: ConnectRequest
  onClose: () => void
}) {
  const provider = useQuery(providerQuery(useHub(), request.provider))
  const name = provider.data?.name ?? request.provider
  const title = titleOf(request, name)
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      icon={provider.data && <Logo name={name} src={provider.data.logo} />}
    >
      {provider.data ? (
        <Conversation provider={provider.data} request={request} onClose={onClose} />
      ) : provider.error ? (
        <ProblemNotice error={provider.error} onRetry={() => void provider.refetch()} />
      ) : (
        <div className="space-y-3">
          <LoadingNote>{frameTexts.loading}</LoadingNote>
          <Skeleton className="h-5 w-4/5" />
          <Skeleton className="h-5 w-3/5" />
          <Skeleton className="h-40" />
          <Skeleton className="h-9" />
        </div>
      )}
    </Dialog>
  )
}

type Underway = { watched: Watched; blockedUrl: string | null; url: string | null }

function Conversation({
  provider,
  request,
  onClose,
}: {
  provider: ProviderDetailBody
  request: ConnectRequest
  onClose: () => void
}) {
  const hub = useHub()
  const { watch, attend } = useAttempts()
  const [underway, setUnderway] = useState<Underway | null>(
    request.kind === 'answer' ? { watched: request.watched, blockedUrl: null, url: null } : null,
  )
  const attendedId = underway?.watched.id ?? null
  useEffect(() => {
    attend(attendedId)
    return () => attend(null)
  }, [attend, attendedId])

  const start = useMutation({
    mutationFn: ({ choice }: { choice: Choice; tab: AuthorizationTab | null }) =>
      request.kind === 'reconnect'
        ? hub.reconnect(request.connection.id, {
            fields: { ...keptParameters(provider, request.connection), ...choice.fields },
            ...scopesOf(provider, request, choice),
          })
        : hub.startAttempt({
            provider: provider.id,
            method: choice.method,
            owner: choice.owner,
            fields: choice.fields,
            ...(choice.scopeSet && { scope_set: choice.scopeSet }),
          }),
    onSuccess: (attempt, { tab }) => {
      const url = attempt.authorization_url
      const watched = {
        id: attempt.id,
        provider: provider.id,
        providerName: provider.name,
        startedAt: Date.now(),
      }
      watch(watched, attempt)
      let blockedUrl: string | null = null
      if (url && !tab?.go(url)) blockedUrl = url
      if (!url) tab?.close()
      setUnderway({ watched, blockedUrl, url: url ?? null })
    },
    onError: (_, { tab }) => tab?.close(),
  })
  // A second click may come before React has drawn the first one's busy state.
  const started = useRef(false)
  const submit = (choice: Choice) => {
    if (started.current) return
    started.current = true
    const redirects = provider.methods.find((method) => method.kind === choice.method)?.redirects
    const tab = redirects
      ? openAuthorizationTab({
          open: window.open.bind(window),
          waitingText: connectTexts.opening(provider.name),
        })
      : null
    start.mutate(
      { choice, tab },
      {
        onSettled: () => {
          started.current = false
        },
      },
    )
  }

  if (underway) {
    return (
      <AttemptProgress
        provider={provider}
        watched={underway.watched}
        blockedUrl={underway.blockedUrl}
        url={underway.url}
        onOpened={() => setUnderway({ ...underway, blockedUrl: null })}
        onAgain={() => {
          start.reset()
          setUnderway(null)
        }}
        onClose={onClose}
      />
    )
  }
  const usable = usableMethods(provider)
  if (usable.length === 0) return <NeedsCredentials provider={provider} onClose={onClose} />
  if (request.kind === 'reconnect' && request.adding) {
    return (
      <AllowForm
        provider={provider}
        connection={request.connection}
        adding={request.adding}
        onSubmit={() =>
          submit({ method: request.connection.method, fields: {}, owner: 'me', scopeSet: undefined })
        }
        busy={start.isPending}
        error={start.error}
        onCancel={onClose}
      />
    )
  }
  return (
    <ConnectForm
      provider={{ ...provider, methods: usable }}
      advice={<Advice provider={provider} />}
      onSubmit={submit}
      busy={start.isPending}
      error={start.error}
      onCancel={onClose}
      {...(request.kind === 'reconnect'
        ? {
            reconnecting: {
              account: request.connection.account.label,
              method: request.connection.method,
              scopeSet: scopeSetOf(provider, request.connection),
            },
          }
        : {
            OwnerChoice,
            owners: provider.owners,
            firstOwner: request.kind === 'connect' ? (request.owner ?? 'me') : 'me',
          })}
    />
  )
}

function titleOf(request: ConnectRequest, name: string): string {
  if (request.kind !== 'reconnect') return connectTexts.title(name)
  return request.adding ? allowTexts.title(name) : connectTexts.reconnectTitle(name)
}

/** Permissions that were allowed beside those of a set are not lost by reconnecting. */
function scopesOf(
  provider: ProviderDetailBody,
  { connection, adding }: { connection: ConnectionBody; adding?: string[] },
  { scopeSet }: Choice,
): { scope_set?: string; additional_scopes?: string[] } {
  if (adding) return { additional_scopes: adding }
  if (scopeSet) return { scope_set: scopeSet }
  const had = connection.requested_scopes
  const widened =
    had.length > provider.requested_scopes.length &&
    provider.requested_scopes.length > 0 &&
    provider.requested_scopes.every((scope) => had.includes(scope))
  const declared = had.filter((scope) => provider.scopes.some((info) => info.scope === scope))
  return widened && declared.length > 0 ? { additional_scopes: declared } : {}
}

/** What the form of a reconnect does not ask again. */
function keptParameters(provider: ProviderDetailBody, connection: ConnectionBody): Record<string, string> {
  return Object.fromEntries(
    provider.parameters.flatMap(({ name }) => {
      const value = connection.parameters[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

/** The set that the connection was made with; undefined where it has changed since. */
function scopeSetOf(
  provider: ProviderDetailBody,
  { requested_scopes: asked }: ConnectionBody,
): string | undefined {
  return provider.scope_sets.find(
    ({ scopes }) => scopes.length === asked.length && scopes.every((scope) => asked.includes(scope)),
  )?.name
}
