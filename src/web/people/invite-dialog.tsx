import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { InvitationBody, MemberBody } from '../../http/wire.ts'
import { useHub } from '../api/hub-context.tsx'
import { keys } from '../api/queries.ts'
import { inviteTexts, peopleTexts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { DialogActions } from '../ui/dialog-actions.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { FormField, inputClass } from '../ui/form-field.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { useToasts } from '../ui/toasts.tsx'
import { signInOptionsQuery } from './queries.ts'
import { ShownLink } from './shown-link.tsx'

export function InviteDialog({ onClose }: { onClose: () => void }) {
  const hub = useHub()
  const client = useQueryClient()
  const { say } = useToasts()
  const options = useQuery(signInOptionsQuery(hub))
  const mail = options.data?.mail === true
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<MemberBody['role']>('member')
  const [chosen, setChosen] = useState<InvitationBody['delivery'] | null>(null)
  const delivery = chosen ?? (mail ? 'email' : 'link')
  const invite = useMutation({
    mutationFn: () => hub.invite({ email: email.trim(), role, delivery }),
    // The answer holds the link in clear: it leaves the memory with this dialog.
    gcTime: 0,
    onSuccess: (made) => {
      void client.invalidateQueries({ queryKey: keys.people })
      if (made.url) return
      say({ tone: 'ok', text: inviteTexts.sent(made.email) })
      onClose()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (email.trim() !== '' && !invite.isPending) invite.mutate()
  }
  if (invite.data?.url)
    return (
      <Dialog open onClose={onClose} title={inviteTexts.madeTitle}>
        <ShownLink url={invite.data.url} help={inviteTexts.made(invite.data.email)} what={inviteTexts.what} />
        <DialogActions>
          <Button look="primary" onClick={onClose}>
            {inviteTexts.done}
          </Button>
        </DialogActions>
      </Dialog>
    )
  return (
    <Dialog open onClose={onClose} title={inviteTexts.title}>
      <form onSubmit={submit} className="space-y-4">
        <FormField label={inviteTexts.email} help={inviteTexts.emailHelp}>
          {(control) => (
            <input
              {...control}
              data-first-field
              type="email"
              dir="ltr"
              required
              autoComplete="off"
              maxLength={254}
              value={email}
              onChange={(event) => setEmail(event.target.value)}
              className={inputClass}
            />
          )}
        </FormField>
        <Choice
          legend={inviteTexts.role}
          name="role"
          value={role}
          onChange={setRole}
          options={[
            { value: 'member', label: peopleTexts.roleNames.member },
            { value: 'admin', label: peopleTexts.roleNames.admin, help: peopleTexts.roleHelp.admin },
          ]}
        />
        <Choice
          legend={inviteTexts.delivery}
          name="delivery"
          value={delivery}
          onChange={setChosen}
          options={[
            {
              value: 'email',
              label: inviteTexts.byEmail,
              disabled: !mail,
              ...(mail ? {} : { help: inviteTexts.noMail }),
            },
            { value: 'link', label: inviteTexts.byLink },
          ]}
        />
        {invite.error && <ProblemNotice error={invite.error} />}
        <DialogActions>
          <Button onClick={onClose}>{peopleTexts.cancel}</Button>
          <Button type="submit" look="primary" busy={invite.isPending}>
            {inviteTexts.submit}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

/** Radio buttons with a word on each. */
export function Choice<T extends string>({
  legend,
  name,
  value,
  onChange,
  options,
}: {
  legend: string
  name: string
  value: T
  onChange: (value: T) => void
  options: readonly { value: T; label: string; help?: string; disabled?: boolean }[]
}) {
  return (
    <fieldset className="space-y-1.5">
      <legend className="mb-1.5 text-sm font-medium">{legend}</legend>
      {options.map((option) => (
        <label key={option.value} className="flex gap-2.5 text-sm">
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={value === option.value}
            disabled={option.disabled}
            onChange={() => onChange(option.value)}
            className="mt-0.5 size-4 shrink-0 accent-accent"
          />
          <span>
            {option.label}
            {option.help && <span className="block text-muted">{option.help}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  )
}
