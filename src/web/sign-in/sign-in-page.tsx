import { useMutation } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { problemOf } from '../api/http.ts'
import { useHub } from '../api/hub-context.tsx'
import { useForgetSession } from '../frame/session.ts'
import { entryTexts, signInTexts } from '../texts.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { Notice } from '../ui/notice.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { useTitle } from '../ui/use-title.ts'
import { EntryCard } from './entry-card.tsx'
import { useFragmentToken } from './fragment.ts'
import { takeNextPage } from './next-page.ts'
import { SignInForms } from './sign-in-forms.tsx'
import { useArrival } from './use-arrival.ts'

const route = getRouteApi('/sign-in')

/** Every way in. The token of a one-time link, behind the `#`, signs in by itself. */
export function SignInPage() {
  useTitle(signInTexts.title)
  useForgetSession()
  const { left, problem } = route.useSearch()
  const hub = useHub()
  const arrive = useArrival()
  const token = useFragmentToken()
  const signIn = useMutation({ mutationFn: hub.signIn, onSuccess: arrive })
  const { mutate } = signIn
  const sent = useRef(false)
  useEffect(() => {
    if (!token || sent.current) return
    sent.current = true
    mutate(token)
  }, [token, mutate])

  // Whoever signed out leaves no page behind for the next one.
  useEffect(() => {
    if (left) takeNextPage()
  }, [left])

  // Somebody who is signed in already has nothing to do here. Asked past the cache, which an ended session leaves.
  useEffect(() => {
    if (token || left || problem) return
    hub.me().then(arrive, () => undefined)
  }, [token, left, problem, hub, arrive])

  const reason = problem && (entryTexts.problems[problem] ?? entryTexts.problems['failed'])
  const busy = token !== '' && !signIn.error
  return (
    <EntryCard title={signIn.error ? signInTexts.failedTitle : signInTexts.title}>
      <div role="status">
        {busy && (
          <p className="flex items-center gap-2.5">
            <Spinner className="text-accent" />
            {entryTexts.busy}
          </p>
        )}
        {left && !token && <p className="mb-4 text-muted">{signInTexts.signedOut}</p>}
      </div>
      {signIn.error && (
        <Notice tone="bad" role="alert" className="mb-5">
          <p>{problemOf(signIn.error).detail}</p>
        </Notice>
      )}
      {reason && (
        <Notice tone="bad" role="alert" title={entryTexts.problemTitle} className="mb-5">
          <p>{reason}</p>
        </Notice>
      )}
      {!busy && (
        <>
          <SignInForms onSignedIn={() => void arrive()} />
          <LinkHelp failed={signIn.error !== null} />
        </>
      )}
    </EntryCard>
  )
}

function LinkHelp({ failed }: { failed: boolean }) {
  return (
    <details open={failed} className="mt-6 border-t border-line pt-4 text-sm">
      <summary className="rounded font-medium">{entryTexts.linkTitle}</summary>
      <div className="mt-2 space-y-3">
        <p>{failed ? signInTexts.failedHelp : signInTexts.how}</p>
        <Command command={signInTexts.command} />
        <p className="text-muted">{signInTexts.once}</p>
      </div>
    </details>
  )
}

export function Command({ command }: { command: string }) {
  return (
    <div className="flex items-center justify-between gap-2 rounded-md bg-sunken py-1.5 ps-3 pe-1.5">
      <code className="min-w-0 text-sm break-words" dir="ltr">
        {command}
      </code>
      <CopyButton value={command} what={command} />
    </div>
  )
}
