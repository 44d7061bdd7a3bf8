import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Mail } from 'lucide-react'
import { useState } from 'react'
import type { InvitationBody } from '../../http/wire.ts'
import { useHub } from '../api/hub-context.tsx'
import { keys } from '../api/queries.ts'
import { inviteTexts, peopleTexts } from '../texts.ts'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { DialogActions } from '../ui/dialog-actions.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { Section } from '../ui/section.tsx'
import { Time } from '../ui/time.tsx'
import { useToasts } from '../ui/toasts.tsx'
import { invitationsQuery } from './queries.ts'
import { ShownLink } from './shown-link.tsx'

/** Those that nobody has accepted yet; nothing where there are none. */
export function Invitations() {
  const hub = useHub()
  const client = useQueryClient()
  const { say } = useToasts()
  const list = useQuery(invitationsQuery(hub))
  const [shown, setShown] = useState<InvitationBody | null>(null)
  const invalidate = () => client.invalidateQueries({ queryKey: keys.people })
  const again = useMutation({
    mutationFn: ({ id, delivery }: InvitationBody) => hub.resendInvitation(id, delivery),
    gcTime: 0,
    onSuccess: (made) => {
      void invalidate()
      if (made.url) setShown(made)
      else say({ tone: 'ok', text: inviteTexts.sent(made.email) })
    },
  })
  const takeBack = useMutation({
    mutationFn: ({ id }: InvitationBody) => hub.revokeInvitation(id),
    onSuccess: async (_nothing, { email }) => {
      await invalidate()
      say({ tone: 'ok', text: inviteTexts.takenBack(email) })
    },
  })
  const close = () => {
    setShown(null)
    again.reset()
  }
  if (!list.data || list.data.length === 0) return null
  return (
    <div className="mt-5">
      <Section title={inviteTexts.pending} heading="h2">
        <ul className="divide-y divide-line">
          {list.data.map((invitation) => (
            <li key={invitation.id} className="flex flex-wrap items-center gap-x-3 gap-y-2 py-2.5">
              <Mail aria-hidden className="size-5 shrink-0 text-muted" />
              <div className="min-w-0 flex-1 basis-52">
                <p className="flex flex-wrap items-center gap-2 font-medium">
                  <bdi className="break-all">{invitation.email}</bdi>
                  <Badge tone="plain">{peopleTexts.roleNames[invitation.role]}</Badge>
                  {invitation.expired && <Badge tone="warn">{inviteTexts.expired}</Badge>}
                </p>
                <p className="text-sm text-muted">
                  {inviteTexts.by(invitation.invited_by.name ?? inviteTexts.someone)}
                  {invitation.delivery === 'email' && ` · ${inviteTexts.byMail}`}
                  {!invitation.expired && (
                    <>
                      {` · ${inviteTexts.expires} `}
                      <Time iso={invitation.expires_at} />
                    </>
                  )}
                </p>
              </div>
              <div className="flex gap-2">
                <Button
                  size="small"
                  busy={again.isPending && again.variables.id === invitation.id}
                  aria-label={
                    invitation.delivery === 'email'
                      ? inviteTexts.againNamed(invitation.email)
                      : inviteTexts.newLinkNamed(invitation.email)
                  }
                  onClick={() => again.mutate(invitation)}
                >
                  {invitation.delivery === 'email' ? inviteTexts.again : inviteTexts.newLink}
                </Button>
                <Button
                  size="small"
                  look="danger"
                  busy={takeBack.isPending && takeBack.variables.id === invitation.id}
                  aria-label={inviteTexts.takeBackNamed(invitation.email)}
                  onClick={() => takeBack.mutate(invitation)}
                >
                  {inviteTexts.takeBack}
                </Button>
              </div>
            </li>
          ))}
        </ul>
        {(again.error ?? takeBack.error) && <ProblemNotice error={again.error ?? takeBack.error} />}
      </Section>
      {shown?.url && (
        <Dialog open onClose={close} title={inviteTexts.madeTitle}>
          <ShownLink url={shown.url} help={inviteTexts.made(shown.email)} what={inviteTexts.what} />
          <DialogActions>
            <Button look="primary" onClick={close}>
              {inviteTexts.done}
            </Button>
          </DialogActions>
        </Dialog>
      )}
    </div>
  )
}
