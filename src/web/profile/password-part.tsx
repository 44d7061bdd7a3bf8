import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { ProfileBody } from '../../http/wire.ts'
import { useHub } from '../api/hub-context.tsx'
import { keys } from '../api/queries.ts'
import { signInOptionsQuery } from '../people/queries.ts'
import { PasswordField } from '../sign-in/password-field.tsx'
import { profileTexts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { DialogActions } from '../ui/dialog-actions.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { Section } from '../ui/section.tsx'
import { Time } from '../ui/time.tsx'
import { useToasts } from '../ui/toasts.tsx'
import { ConfirmDialog } from './confirm-dialog.tsx'
import { useRecent } from './recent.tsx'

export function PasswordPart({ profile }: { profile: ProfileBody }) {
  const hub = useHub()
  const [dialog, setDialog] = useState<'set' | 'remove' | null>(null)
  const { password_set_at: setAt } = profile
  const close = () => setDialog(null)
  return (
    <Section
      title={profileTexts.password}
      heading="h2"
      aside={
        <div className="flex gap-2">
          {setAt && (
            <Button size="small" onClick={() => setDialog('remove')}>
              {profileTexts.removePassword}
            </Button>
          )}
          <Button size="small" look={setAt ? 'secondary' : 'primary'} onClick={() => setDialog('set')}>
            {setAt ? profileTexts.changePassword : profileTexts.setPassword}
          </Button>
        </div>
      }
    >
      <p className="text-sm text-muted">
        {setAt ? (
          <>
            {profileTexts.passwordSet} <Time iso={setAt} />
          </>
        ) : (
          profileTexts.noPassword
        )}
      </p>
      {dialog === 'set' && <PasswordDialog email={profile.email} onClose={close} />}
      {dialog === 'remove' && (
        <ConfirmDialog
          title={profileTexts.removePasswordTitle}
          help={profileTexts.removePasswordHelp}
          action={profileTexts.removePassword}
          change={hub.removePassword}
          done={profileTexts.passwordRemoved}
          onClose={close}
        />
      )}
    </Section>
  )
}

function PasswordDialog({ email, onClose }: { email: string; onClose: () => void }) {
  const hub = useHub()
  const client = useQueryClient()
  const recent = useRecent()
  const { say } = useToasts()
  const options = useQuery(signInOptionsQuery(hub))
  const [password, setPassword] = useState('')
  const save = useMutation({
    mutationFn: () => recent(() => hub.setPassword(password)),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.people })
      say({ tone: 'ok', text: profileTexts.passwordDone })
      onClose()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (password !== '' && !save.isPending) save.mutate()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={profileTexts.passwordTitle}
      description={profileTexts.passwordEffect}
    >
      <form onSubmit={submit} className="space-y-4">
        {/* For password managers: whose password this is. */}
        <input type="email" hidden readOnly autoComplete="username" value={email} />
        <PasswordField
          label={profileTexts.newPassword}
          value={password}
          onChange={setPassword}
          isNew
          first
          minLength={options.data?.password_min_length}
        />
        {save.error && <ProblemNotice error={save.error} />}
        <DialogActions>
          <Button onClick={onClose}>{profileTexts.cancel}</Button>
          <Button type="submit" look="primary" busy={save.isPending}>
            {profileTexts.save}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
