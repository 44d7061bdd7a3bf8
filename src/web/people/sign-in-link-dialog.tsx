import { useMutation } from '@tanstack/react-query'
import type { MemberBody } from '../../http/wire.ts'
import { useHub } from '../api/hub-context.tsx'
import { useRecent } from '../profile/recent.tsx'
import { peopleTexts, signInLinkTexts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { DialogActions } from '../ui/dialog-actions.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { ShownLink } from './shown-link.tsx'

export function SignInLinkDialog({ member, onClose }: { member: MemberBody; onClose: () => void }) {
  const hub = useHub()
  const recent = useRecent()
  const make = useMutation({ mutationFn: () => recent(() => hub.makeSignInLink(member.id)), gcTime: 0 })
  return (
    <Dialog open onClose={onClose} title={signInLinkTexts.title(member.name)}>
      {make.data ? (
        <ShownLink url={make.data.url} help={signInLinkTexts.made} what={signInLinkTexts.what} />
      ) : (
        <p>{signInLinkTexts.intro}</p>
      )}
      {make.error && (
        <div className="mt-4">
          <ProblemNotice error={make.error} />
        </div>
      )}
      <DialogActions>
        <Button onClick={onClose}>{make.data ? peopleTexts.close : peopleTexts.cancel}</Button>
        {!make.data && (
          <Button look="primary" busy={make.isPending} onClick={() => make.mutate()}>
            {signInLinkTexts.make}
          </Button>
        )}
      </DialogActions>
    </Dialog>
  )
}
