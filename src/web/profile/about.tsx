import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { ProfileBody } from '../../http/wire.ts'
import { useHub } from '../api/hub-context.tsx'
import { keys } from '../api/queries.ts'
import { signInOptionsQuery } from '../people/queries.ts'
import { profileTexts } from '../texts.ts'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { DialogActions } from '../ui/dialog-actions.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { FormField, inputClass } from '../ui/form-field.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { Section } from '../ui/section.tsx'
import { useToasts } from '../ui/toasts.tsx'
import { useRecent } from './recent.tsx'

/** Name and e-mail address. */
export function About({ profile }: { profile: ProfileBody }) {
  const hub = useHub()
  const client = useQueryClient()
  const { say } = useToasts()
  const [name, setName] = useState(profile.name)
  const [changing, setChanging] = useState(false)
  const rename = useMutation({
    mutationFn: () => hub.rename(name.trim()),
    onSuccess: async () => {
      await Promise.all([
        client.invalidateQueries({ queryKey: keys.people }),
        client.invalidateQueries({ queryKey: keys.me }),
      ])
      say({ tone: 'ok', text: profileTexts.saved })
    },
  })
  const isChanged = name.trim() !== '' && name.trim() !== profile.name
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isChanged && !rename.isPending) rename.mutate()
  }
  return (
    <Section title={profileTexts.about} heading="h2">
      <form onSubmit={submit} className="flex flex-wrap items-end gap-2">
        <div className="min-w-56 flex-1">
          <FormField label={profileTexts.name}>
            {(control) => (
              <input
                {...control}
                dir="auto"
                autoComplete="name"
                maxLength={100}
                value={name}
                onChange={(event) => setName(event.target.value)}
                className={inputClass}
              />
            )}
          </FormField>
        </div>
        {isChanged && (
          <Button type="submit" look="primary" busy={rename.isPending}>
            {profileTexts.save}
          </Button>
        )}
      </form>
      {rename.error && <ProblemNotice error={rename.error} />}
      <div className="mt-4 flex flex-wrap items-center justify-between gap-2">
        <div className="min-w-0">
          <p className="text-sm font-medium">{profileTexts.email}</p>
          <p className="flex flex-wrap items-center gap-2 break-all">
            <bdi>{profile.email}</bdi>
            <Badge tone={profile.email_confirmed ? 'ok' : 'plain'}>
              {profile.email_confirmed ? profileTexts.confirmed : profileTexts.notConfirmed}
            </Badge>
          </p>
        </div>
        <Button size="small" aria-label={profileTexts.changeEmailTitle} onClick={() => setChanging(true)}>
          {profileTexts.changeEmail}
        </Button>
      </div>
      {changing && <EmailDialog onClose={() => setChanging(false)} />}
    </Section>
  )
}

function EmailDialog({ onClose }: { onClose: () => void }) {
  const hub = useHub()
  const client = useQueryClient()
  const recent = useRecent()
  const { say } = useToasts()
  const options = useQuery(signInOptionsQuery(hub))
  const [email, setEmail] = useState('')
  const change = useMutation({
    mutationFn: () => recent(() => hub.changeEmail(email.trim())),
    onSuccess: async ({ outcome }) => {
      await Promise.all([
        client.invalidateQueries({ queryKey: keys.people }),
        client.invalidateQueries({ queryKey: keys.me }),
      ])
      say({
        tone: 'ok',
        text: outcome === 'sent' ? profileTexts.emailSent(email.trim()) : profileTexts.emailChanged,
      })
      onClose()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (email.trim() !== '' && !change.isPending) change.mutate()
  }
  return (
    <Dialog open onClose={onClose} title={profileTexts.changeEmailTitle}>
      <form onSubmit={submit} className="space-y-4">
        <FormField
          label={profileTexts.newEmail}
          help={options.data && (options.data.mail ? profileTexts.emailByMail : profileTexts.emailAtOnce)}
        >
          {(control) => (
            <input
              {...control}
              data-first-field
              type="email"
              dir="ltr"
              required
              autoComplete="email"
              maxLength={254}
              value={email}
              onChange={(event) => setEmail(event.target.value)}
              className={inputClass}
            />
          )}
        </FormField>
        {change.error && <ProblemNotice error={change.error} />}
        <DialogActions>
          <Button onClick={onClose}>{profileTexts.cancel}</Button>
          <Button type="submit" look="primary" busy={change.isPending}>
            {profileTexts.save}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
