import { useMutation, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { problemOf } from '../api/http.ts'
import { useHub } from '../api/hub-context.tsx'
import { keys } from '../api/queries.ts'
import { useForgetSession } from '../frame/session.ts'
import { productName, signInTexts } from '../texts.ts'
import { Mark } from '../theme/mark.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Notice } from '../ui/notice.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { useTitle } from '../ui/use-title.ts'

const route = getRouteApi('/sign-in')

/** Trades the token of a one-time link for a session; without one, says how to get a link. */
export function SignInPage() {
  useTitle(signInTexts.title)
  useForgetSession()
  const { token: given, left } = route.useSearch()
  const hub = useHub()
  const client = useQueryClient()
  const navigate = useNavigate()
  // Kept from the first look, because the address loses it at once.
  const [token] = useState(given)
  const signIn = useMutation({
    mutationFn: hub.signIn,
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.me })
      await navigate({ to: '/', replace: true })
    },
  })
  const { mutate } = signIn
  const sent = useRef(false)
  useEffect(() => {
    if (!token || sent.current) return
    sent.current = true
    window.history.replaceState(window.history.state, '', '/sign-in')
    mutate(token)
  }, [token, mutate])

  // Somebody who is signed in already has nothing to do here. Asked past the cache, which an ended session leaves.
  useEffect(() => {
    if (token || left) return
    hub.me().then(
      () => navigate({ to: '/', replace: true }),
      () => undefined,
    )
  }, [token, left, hub, navigate])

  return (
    <main className="grid min-h-dvh place-items-center px-4 py-10">
      <div className="w-full max-w-md rounded-2xl border border-line bg-surface p-6 sm:p-8">
        <p className="mb-6 flex items-center gap-2.5 font-semibold">
          <Mark className="size-8" />
          {productName}
        </p>
        <h1 className="mb-3 text-2xl font-semibold">
          {signIn.error ? signInTexts.failedTitle : signInTexts.title}
        </h1>
        <div role="status" className="min-h-6">
          {token && !signIn.error && (
            <p className="flex items-center gap-2.5">
              <Spinner className="text-accent" />
              {signInTexts.signingIn}
            </p>
          )}
          {left && !token && <p className="mb-3">{signInTexts.signedOut}</p>}
        </div>
        {signIn.error && (
          <div className="mb-4">
            <Notice tone="bad" role="alert">
              <p>{problemOf(signIn.error).detail}</p>
            </Notice>
          </div>
        )}
        {(!token || signIn.error) && <HowTo failed={signIn.error !== null} />}
      </div>
    </main>
  )
}

function HowTo({ failed }: { failed: boolean }) {
  return (
    <div className="space-y-3 text-sm">
      <p>{failed ? signInTexts.failedHelp : signInTexts.how}</p>
      <Command command={signInTexts.command} />
      {!failed && <p className="text-muted">{signInTexts.once}</p>}
    </div>
  )
}

function Command({ command }: { command: string }) {
  return (
    <div className="flex items-center justify-between gap-2 rounded-md bg-sunken py-1.5 ps-3 pe-1.5">
      <code className="min-w-0 text-sm break-words" dir="ltr">
        {command}
      </code>
      <CopyButton value={command} what={command} />
    </div>
  )
}
