import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Fingerprint, LogIn } from 'lucide-react'
import { type FormEvent, useRef, useState } from 'react'
import type { SsoPurpose } from '../api/accounts.ts'
import { useHub } from '../api/hub-context.tsx'
import { signInOptionsQuery } from '../people/queries.ts'
import { entryTexts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { FormField, inputClass } from '../ui/form-field.tsx'
import { Notice } from '../ui/notice.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { askPasskey, canUsePasskeys, usePasskeyAutofill, wasCancelled } from './passkey.ts'
import { PasswordField } from './password-field.tsx'

/** Every way in but the link: e-mail and password, a passkey, single sign-on. */
export function SignInForms({
  onSignedIn,
  email: given = '',
  sso = { purpose: 'sign_in' },
}: {
  onSignedIn: () => void
  email?: string
  sso?: { purpose: SsoPurpose; token?: string }
}) {
  const hub = useHub()
  const options = useQuery(signInOptionsQuery(hub))
  const [email, setEmail] = useState(given)
  const [password, setPassword] = useState('')
  const [missing, setMissing] = useState(false)
  const passwordInput = useRef<HTMLInputElement>(null)
  const signIn = useMutation({
    mutationFn: hub.signInByPassword,
    onSuccess: onSignedIn,
    onError: () => {
      setPassword('')
      passwordInput.current?.focus()
    },
  })
  const passkeys = options.data?.passkeys === true && canUsePasskeys()
  usePasskeyAutofill(hub, passkeys, onSignedIn)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const isMissing = email.trim() === '' || password === ''
    setMissing(isMissing)
    if (!isMissing && !signIn.isPending) signIn.mutate({ email: email.trim(), password })
  }
  return (
    <div className="space-y-5">
      <form onSubmit={submit} noValidate className="space-y-4">
        <FormField label={entryTexts.email}>
          {(control) => (
            <input
              {...control}
              type="email"
              dir="ltr"
              // HTML section 4.10.18.7.1: `webauthn` beside the field's name asks for passkeys among what is filled in.
              // oxlint-disable-next-line jsx-a11y/autocomplete-valid
              autoComplete="username webauthn"
              autoCapitalize="none"
              spellCheck={false}
              maxLength={254}
              value={email}
              onChange={(event) => setEmail(event.target.value)}
              className={inputClass}
            />
          )}
        </FormField>
        <PasswordField
          label={entryTexts.password}
          value={password}
          onChange={setPassword}
          inputRef={passwordInput}
          error={missing && entryTexts.missing}
        />
        {signIn.error && <ProblemNotice error={signIn.error} />}
        <Button type="submit" look="primary" busy={signIn.isPending} className="w-full">
          {entryTexts.submit}
        </Button>
        <p className="text-sm">
          <Link to="/reset-password" className="text-accent underline underline-offset-2">
            {entryTexts.forgot}
          </Link>
        </p>
      </form>
      {options.data ? (
        (passkeys || options.data.single_sign_on) && (
          <>
            <Or />
            <div className="space-y-2.5">
              {passkeys && <PasskeyButton onSignedIn={onSignedIn} />}
              {options.data.single_sign_on && (
                <SsoButton label={options.data.single_sign_on.label} {...sso} />
              )}
            </div>
          </>
        )
      ) : (
        <Skeleton className="h-9" />
      )}
    </div>
  )
}

function Or() {
  return (
    <div aria-hidden className="flex items-center gap-3 text-sm text-muted">
      <span className="h-px flex-1 bg-line" />
      {entryTexts.or}
      <span className="h-px flex-1 bg-line" />
    </div>
  )
}

function PasskeyButton({ onSignedIn }: { onSignedIn: () => void }) {
  const hub = useHub()
  const signIn = useMutation({
    mutationFn: async () => hub.signInByPasskey(await askPasskey(hub)),
    onSuccess: onSignedIn,
  })
  return (
    <>
      <Button busy={signIn.isPending} onClick={() => signIn.mutate()} className="w-full">
        <Fingerprint aria-hidden className="size-4.5" />
        {entryTexts.passkey}
      </Button>
      {signIn.error &&
        (wasCancelled(signIn.error) ? (
          <Notice tone="info" role="status">
            <p>{entryTexts.passkeyCancelled}</p>
          </Notice>
        ) : (
          <ProblemNotice error={signIn.error} />
        ))}
    </>
  )
}

/** Leaves for the identity provider; what follows is on its page, and then on the hub's. */
export function SsoButton({ label, purpose, token }: { label: string; purpose: SsoPurpose; token?: string }) {
  const hub = useHub()
  const begin = useMutation({
    mutationFn: () => hub.beginSso(purpose, token),
    onSuccess: ({ authorization_url }) => window.location.assign(authorization_url),
  })
  return (
    <>
      <Button busy={begin.isPending || begin.isSuccess} onClick={() => begin.mutate()} className="w-full">
        <LogIn aria-hidden className="size-4.5 rtl:-scale-x-100" />
        {label}
      </Button>
      {begin.error && <ProblemNotice error={begin.error} />}
    </>
  )
}
