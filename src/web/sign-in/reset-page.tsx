import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useHub } from '../api/hub-context.tsx'
import { signInOptionsQuery } from '../people/queries.ts'
import { entryTexts, resetTexts, signInTexts } from '../texts.ts'
import { Button, buttonClass } from '../ui/button.tsx'
import { FormField, inputClass } from '../ui/form-field.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { useTitle } from '../ui/use-title.ts'
import { EntryCard } from './entry-card.tsx'
import { useFragmentToken } from './fragment.ts'
import { PasswordField } from './password-field.tsx'
import { Command } from './sign-in-page.tsx'

/** A forgotten password: asks for the letter, and is where its link leads. */
export function ResetPage() {
  const token = useFragmentToken()
  return token ? <Choose token={token} /> : <Ask />
}

function Ask() {
  useTitle(resetTexts.askTitle)
  const hub = useHub()
  const options = useQuery(signInOptionsQuery(hub))
  const [email, setEmail] = useState('')
  const ask = useMutation({ mutationFn: hub.requestReset })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (email.trim() !== '' && !ask.isPending) ask.mutate(email.trim())
  }
  if (ask.isSuccess)
    return (
      <EntryCard title={resetTexts.sentTitle}>
        <p role="status">{resetTexts.sent}</p>
        <Back />
      </EntryCard>
    )
  return (
    <EntryCard title={resetTexts.askTitle}>
      {!options.data ? (
        options.error ? (
          <ProblemNotice error={options.error} onRetry={() => void options.refetch()} />
        ) : (
          <Skeleton className="h-28" />
        )
      ) : options.data.mail ? (
        <form onSubmit={submit} className="space-y-4">
          <FormField label={entryTexts.email} help={resetTexts.ask}>
            {(control) => (
              <input
                {...control}
                type="email"
                dir="ltr"
                required
                autoComplete="username"
                maxLength={254}
                value={email}
                onChange={(event) => setEmail(event.target.value)}
                className={inputClass}
              />
            )}
          </FormField>
          {ask.error && <ProblemNotice error={ask.error} />}
          <Button type="submit" look="primary" busy={ask.isPending} className="w-full">
            {resetTexts.send}
          </Button>
        </form>
      ) : (
        <div className="space-y-3">
          <p>{resetTexts.noMail}</p>
          <Command command={signInTexts.command} />
        </div>
      )}
      <Back />
    </EntryCard>
  )
}

function Choose({ token }: { token: string }) {
  useTitle(resetTexts.title)
  const hub = useHub()
  const options = useQuery(signInOptionsQuery(hub))
  const [password, setPassword] = useState('')
  const save = useMutation({ mutationFn: () => hub.completeReset({ token, password }) })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (password !== '' && !save.isPending) save.mutate()
  }
  if (save.isSuccess)
    return (
      <EntryCard title={resetTexts.doneTitle}>
        <p role="status" className="mb-5">
          {resetTexts.done}
        </p>
        <Link to="/sign-in" className={buttonClass({ look: 'primary' })}>
          {entryTexts.title}
        </Link>
      </EntryCard>
    )
  return (
    <EntryCard title={resetTexts.title}>
      <form onSubmit={submit} className="space-y-4">
        <PasswordField
          label={entryTexts.password}
          value={password}
          onChange={setPassword}
          isNew
          minLength={options.data?.password_min_length}
        />
        {save.error && <ProblemNotice error={save.error} />}
        <Button type="submit" look="primary" busy={save.isPending} className="w-full">
          {resetTexts.save}
        </Button>
      </form>
      <Back />
    </EntryCard>
  )
}

function Back() {
  return (
    <p className="mt-5 text-sm">
      <Link to="/sign-in" className="text-accent underline underline-offset-2">
        {resetTexts.back}
      </Link>
    </p>
  )
}
