import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { MemberBody } from '../../http/wire.ts'
import { useHub } from '../api/hub-context.tsx'
import { keys } from '../api/queries.ts'
import { peopleTexts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { DialogActions } from '../ui/dialog-actions.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { useToasts } from '../ui/toasts.tsx'

export function RoleDialog({ member, onClose }: { member: MemberBody; onClose: () => void }) {
  const hub = useHub()
  const client = useQueryClient()
  const { say } = useToasts()
  const role = member.role === 'admin' ? 'member' : 'admin'
  const change = useMutation({
    mutationFn: () => hub.changeRole(member.id, role),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.people })
      say({ tone: 'ok', text: peopleTexts.changed(member.name, role) })
      onClose()
    },
  })
  return (
    <Dialog open onClose={onClose} title={peopleTexts.roleTitle(member.name, role)}>
      <p>
        {peopleTexts.roleHelp[role]} {peopleTexts.roleSessions}
      </p>
      {change.error && (
        <div className="mt-4">
          <ProblemNotice error={change.error} />
        </div>
      )}
      <DialogActions>
        <Button onClick={onClose}>{peopleTexts.cancel}</Button>
        <Button look="primary" busy={change.isPending} onClick={() => change.mutate()}>
          {role === 'admin' ? peopleTexts.makeAdmin : peopleTexts.makeMember}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
