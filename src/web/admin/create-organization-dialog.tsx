import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useHub } from '../api/hub-context.tsx'
import { keys } from '../api/queries.ts'
import { Choice } from '../people/invite-dialog.tsx'
import { ShownLink } from '../people/shown-link.tsx'
import { useSwitchOrganization } from '../profile/use-switch.ts'
import { inviteTexts, organizationsTexts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { DialogActions } from '../ui/dialog-actions.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { FormField, inputClass } from '../ui/form-field.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'

export function CreateOrganizationDialog({ onClose }: { onClose: () => void }) {
  const hub = useHub()
  const client = useQueryClient()
  const change = useSwitchOrganization()
  const [name, setName] = useState('')
  const [who, setWho] = useState<'me' | 'somebody'>('me')
  const [email, setEmail] = useState('')
  const create = useMutation({
    mutationFn: () =>
      hub.createOrganization({
        name: name.trim(),
        ...(who === 'somebody' && { administrator: email.trim() }),
      }),
    gcTime: 0,
    onSuccess: () => void client.invalidateQueries({ queryKey: keys.people }),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (name.trim() !== '' && (who === 'me' || email.trim() !== '') && !create.isPending) create.mutate()
  }
  if (create.data) {
    const { organization, invitation } = create.data
    return (
      <Dialog open onClose={onClose} title={organizationsTexts.made(organization.name)}>
        {invitation?.url && (
          <ShownLink url={invitation.url} help={inviteTexts.made(invitation.email)} what={inviteTexts.what} />
        )}
        {change.error && <ProblemNotice error={change.error} />}
        <DialogActions>
          <Button look={invitation ? 'primary' : 'secondary'} onClick={onClose}>
            {organizationsTexts.done}
          </Button>
          {!invitation && (
            <Button look="primary" busy={change.isPending} onClick={() => change.mutate(organization.id)}>
              {organizationsTexts.switchTo}
            </Button>
          )}
        </DialogActions>
      </Dialog>
    )
  }
  return (
    <Dialog open onClose={onClose} title={organizationsTexts.createTitle}>
      <form onSubmit={submit} className="space-y-4">
        <FormField label={organizationsTexts.name}>
          {(control) => (
            <input
              {...control}
              data-first-field
              dir="auto"
              required
              maxLength={100}
              autoComplete="off"
              value={name}
              onChange={(event) => setName(event.target.value)}
              className={inputClass}
            />
          )}
        </FormField>
        <Choice
          legend={organizationsTexts.who}
          name="who"
          value={who}
          onChange={setWho}
          options={[
            { value: 'me', label: organizationsTexts.me },
            { value: 'somebody', label: organizationsTexts.somebody },
          ]}
        />
        {who === 'somebody' && (
          <FormField label={organizationsTexts.administrator}>
            {(control) => (
              <input
                {...control}
                type="email"
                dir="ltr"
                required
                maxLength={254}
                autoComplete="off"
                value={email}
                onChange={(event) => setEmail(event.target.value)}
                className={inputClass}
              />
            )}
          </FormField>
        )}
        {create.error && <ProblemNotice error={create.error} />}
        <DialogActions>
          <Button onClick={onClose}>{organizationsTexts.cancel}</Button>
          <Button type="submit" look="primary" busy={create.isPending}>
            {organizationsTexts.submit}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
