import { useMutation, useQuery } from '@tanstack/react-query'
import { Tabs } from 'radix-ui'
import { Fingerprint } from 'lucide-react'
import { type FormEvent, useRef, useState } from 'react'
import type { InvitedBody, MeBody } from '../../http/wire.ts'
import { useHub } from '../api/hub-context.tsx'
import { signInOptionsQuery } from '../people/queries.ts'
import { entryTexts, invitedTexts, profileTexts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { FormField, inputClass } from '../ui/form-field.tsx'
import { Notice } from '../ui/notice.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { LoadingNote, Skeleton } from '../ui/skeleton.tsx'
import { useTitle } from '../ui/use-title.ts'
import { EntryCard } from './entry-card.tsx'
import { useFragmentToken } from './fragment.ts'
import { canUsePasskeys, startRegistration, wasCancelled } from './passkey.ts'
import { PasswordField } from './password-field.tsx'
import { SignInForms, SsoButton } from './sign-in-forms.tsx'
import { useArrival } from './use-arrival.ts'
import { useHere } from './use-here.ts'

/** Where an invitation's link leads: to join as somebody new, or as who one is here already. */
export function InvitationPage() {
  const token = useFragmentToken()
  const hub = useHub()
  const invited = useQuery({
    queryKey: ['invitation'],
    queryFn: () => hub.lookInvitation(token),
    enabled: token !== '',
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  })
  const title = invited.data
    ? invitedTexts.title(invited.data.organization)
    : invited.error || !token
      ? invitedTexts.failedTitle
      : invitedTexts.loading
  useTitle(title)
  return (
    <EntryCard title={title}>
      {!token ? (
        <Notice tone="bad" role="alert">
          <p>{invitedTexts.missing}</p>
        </Notice>
      ) : invited.error ? (
        <ProblemNotice error={invited.error} />
      ) : invited.data ? (
        <Joining token={token} invited={invited.data} />
      ) : (
        <>
          <LoadingNote>{invitedTexts.loading}</LoadingNote>
          <Skeleton className="h-48" />
        </>
      )}
    </EntryCard>
  )
}

function Joining({ token, invited }: { token: string; invited: InvitedBody }) {
  const { me, error, ask } = useHere()
  const arrive = useArrival()
  const [other, setOther] = useState(false)
  const hub = useHub()
  const options = useQuery(signInOptionsQuery(hub))
  const sso = options.data?.single_sign_on
  return (
    <div className="space-y-5">
      <p className="break-words">{invitedTexts.intro(invited.email, invited.role)}</p>
      {error ? (
        <ProblemNotice error={error} />
      ) : me === undefined ? (
        <Skeleton className="h-40" />
      ) : me && !other ? (
        <JoinAs me={me} token={token} onJoined={() => void arrive()} onOther={() => setOther(true)} />
      ) : invited.requires_single_sign_on ? (
        <>
          <p>{invitedTexts.ssoOnly}</p>
          {sso && <SsoButton label={sso.label} purpose="invitation" token={token} />}
        </>
      ) : (
        <Tabs.Root defaultValue="new">
          <Tabs.List
            aria-label={invitedTexts.ways}
            className="mb-4 flex flex-wrap gap-x-1 border-b border-line"
          >
            {(
              [
                ['new', invitedTexts.isNew],
                ['known', invitedTexts.hasAccount],
              ] as const
            ).map(([value, label]) => (
              <Tabs.Trigger
                key={value}
                value={value}
                className="-mb-px h-10 border-b-2 border-transparent px-2 text-sm whitespace-nowrap text-muted hover:text-ink data-[state=active]:border-accent data-[state=active]:font-medium data-[state=active]:text-ink"
              >
                {label}
              </Tabs.Trigger>
            ))}
          </Tabs.List>
          <Tabs.Content value="new" className="space-y-4">
            <JoinNew token={token} onJoined={() => void arrive()} />
            {sso && <SsoButton label={sso.label} purpose="invitation" token={token} />}
          </Tabs.Content>
          <Tabs.Content value="known" className="space-y-4">
            <p className="text-muted">{invitedTexts.signInFirst}</p>
            <SignInForms
              email={invited.email}
              sso={{ purpose: 'invitation', token }}
              onSignedIn={() => {
                setOther(false)
                void ask()
              }}
            />
          </Tabs.Content>
        </Tabs.Root>
      )}
    </div>
  )
}

function JoinAs({
  me,
  token,
  onJoined,
  onOther,
}: {
  me: MeBody
  token: string
  onJoined: () => void
  onOther: () => void
}) {
  const hub = useHub()
  const join = useMutation({ mutationFn: () => hub.joinOrganization(token), onSuccess: onJoined })
  return (
    <div className="space-y-4">
      <p>{invitedTexts.signedInAs(me.name, me.email ?? '')}</p>
      {join.error && <ProblemNotice error={join.error} />}
      <div className="flex flex-wrap gap-2">
        <Button look="primary" busy={join.isPending} onClick={() => join.mutate()}>
          {invitedTexts.joinAs(me.name)}
        </Button>
        <Button onClick={onOther}>{invitedTexts.another}</Button>
      </div>
    </div>
  )
}

function JoinNew({ token, onJoined }: { token: string; onJoined: () => void }) {
  const hub = useHub()
  const options = useQuery(signInOptionsQuery(hub))
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [missing, setMissing] = useState(false)
  const nameInput = useRef<HTMLInputElement>(null)
  const join = useMutation({
    mutationFn: async (way: 'password' | 'passkey') => {
      if (way === 'password') return hub.acceptInvitation({ token, name: name.trim(), password })
      const optionsJSON = await hub.invitationPasskeyOptions({ token, name: name.trim() })
      return hub.acceptInvitation({
        token,
        name: name.trim(),
        passkey: await startRegistration({ optionsJSON }),
      })
    },
    onSuccess: onJoined,
  })
  const start = (way: 'password' | 'passkey') => {
    setMissing(name.trim() === '')
    if (name.trim() === '') return nameInput.current?.focus()
    if (!join.isPending && (way === 'passkey' || password !== '')) join.mutate(way)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    start('password')
  }
  return (
    <form onSubmit={submit} noValidate className="space-y-4">
      <FormField label={invitedTexts.name} error={missing && invitedTexts.nameMissing}>
        {(control) => (
          <input
            {...control}
            ref={nameInput}
            dir="auto"
            autoComplete="name"
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.target.value)}
            className={inputClass}
          />
        )}
      </FormField>
      <PasswordField
        label={entryTexts.password}
        value={password}
        onChange={setPassword}
        isNew
        minLength={options.data?.password_min_length}
      />
      {join.error &&
        (wasCancelled(join.error) ? (
          <Notice tone="info" role="status">
            <p>{profileTexts.passkeyCancelled}</p>
          </Notice>
        ) : (
          <ProblemNotice error={join.error} />
        ))}
      <Button type="submit" look="primary" busy={join.isPending} className="w-full">
        {invitedTexts.withPassword}
      </Button>
      {options.data?.passkeys && canUsePasskeys() && (
        <Button className="w-full" busy={join.isPending} onClick={() => start('passkey')}>
          <Fingerprint aria-hidden className="size-4.5" />
          {invitedTexts.withPasskey}
        </Button>
      )}
    </form>
  )
}
