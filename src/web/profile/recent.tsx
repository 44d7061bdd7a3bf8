import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Fingerprint } from 'lucide-react'
import {
  createContext,
  type FormEvent,
  type ReactNode,
  use,
  useCallback,
  useMemo,
  useRef,
  useState,
} from 'react'
import { problemOf } from '../api/http.ts'
import { useHub } from '../api/hub-context.tsx'
import { keys } from '../api/queries.ts'
import { profileQuery, signInOptionsQuery } from '../people/queries.ts'
import { askPasskey, canUsePasskeys, wasCancelled } from '../sign-in/passkey.ts'
import { PasswordField } from '../sign-in/password-field.tsx'
import { SsoButton } from '../sign-in/sign-in-forms.tsx'
import { Command } from '../sign-in/sign-in-page.tsx'
import { againTexts, entryTexts, profileTexts, signInTexts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { DialogActions } from '../ui/dialog-actions.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { Skeleton } from '../ui/skeleton.tsx'

type Run = <T>(change: () => Promise<T>) => Promise<T>

const RecentContext = createContext<Run | null>(null)

/** Runs a change; where the hub wants to see once more who asks, the person is asked, and the change is repeated. */
export function useRecent(): Run {
  const run = use(RecentContext)
  if (!run) throw new Error('useRecent outside of RecentProvider')
  return run
}

export function RecentProvider({ children }: { children: ReactNode }) {
  const [asking, setAsking] = useState(false)
  const answer = useRef<(shown: boolean) => void>(undefined)
  const finish = useCallback((shown: boolean) => {
    setAsking(false)
    answer.current?.(shown)
  }, [])
  const run = useCallback<Run>(async (change) => {
    try {
      return await change()
    } catch (error) {
      if (problemOf(error).code !== 'reauthentication_required') throw error
      const shown = await new Promise<boolean>((resolve) => {
        answer.current = resolve
        setAsking(true)
      })
      if (!shown) throw error
      return change()
    }
  }, [])
  const value = useMemo(() => run, [run])
  return (
    <RecentContext value={value}>
      {children}
      {asking && <AgainDialog onShown={() => finish(true)} onClose={() => finish(false)} />}
    </RecentContext>
  )
}

function AgainDialog({ onShown, onClose }: { onShown: () => void; onClose: () => void }) {
  const hub = useHub()
  const client = useQueryClient()
  const profile = useQuery(profileQuery(hub))
  const options = useQuery(signInOptionsQuery(hub))
  const [password, setPassword] = useState('')
  const shown = async () => {
    await client.invalidateQueries({ queryKey: keys.people })
    onShown()
  }
  const byPassword = useMutation({ mutationFn: () => hub.reauthenticate({ password }), onSuccess: shown })
  const byPasskey = useMutation({
    mutationFn: async () => hub.reauthenticate({ passkey: await askPasskey(hub) }),
    onSuccess: shown,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (password !== '' && !byPassword.isPending) byPassword.mutate()
  }
  const error = byPassword.error ?? (wasCancelled(byPasskey.error) ? null : byPasskey.error)
  const { data } = profile
  const passkey =
    data !== undefined && data.passkeys > 0 && options.data?.passkeys === true && canUsePasskeys()
  const sso = data !== undefined && data.single_sign_on.length > 0 ? options.data?.single_sign_on : null
  const nothing = data !== undefined && data.password_set_at === null && !passkey && !sso
  return (
    <Dialog open onClose={onClose} title={againTexts.title} description={againTexts.intro}>
      {!data ? (
        <Skeleton className="h-28" />
      ) : (
        <form onSubmit={submit} className="space-y-4">
          {data.password_set_at !== null && (
            <PasswordField label={entryTexts.password} value={password} onChange={setPassword} first />
          )}
          {nothing && (
            <>
              <p>{againTexts.none}</p>
              <Command command={signInTexts.command} />
            </>
          )}
          {error && <ProblemNotice error={error} />}
          {passkey && (
            <Button className="w-full" busy={byPasskey.isPending} onClick={() => byPasskey.mutate()}>
              <Fingerprint aria-hidden className="size-4.5" />
              {againTexts.passkey}
            </Button>
          )}
          {sso && (
            <div>
              <SsoButton label={againTexts.sso(sso.label)} purpose="reauthenticate" />
              <p className="mt-1 text-sm text-muted">{againTexts.ssoHelp}</p>
            </div>
          )}
          <DialogActions>
            <Button onClick={onClose}>{profileTexts.cancel}</Button>
            {data.password_set_at !== null && (
              <Button type="submit" look="primary" busy={byPassword.isPending}>
                {againTexts.submit}
              </Button>
            )}
          </DialogActions>
        </form>
      )}
    </Dialog>
  )
}
