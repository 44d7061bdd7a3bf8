import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { DepartureBody, MemberBody } from '../../http/wire.ts'
import { useHub, useMe } from '../api/hub-context.tsx'
import { keys, providersQuery } from '../api/queries.ts'
import { peopleTexts, removeTexts } from '../texts.ts'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { DialogActions } from '../ui/dialog-actions.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'

/** Says what ends, then what was done. */
export function RemoveDialog({ member, onClose }: { member: MemberBody; onClose: () => void }) {
  const hub = useHub()
  const client = useQueryClient()
  const isMe = useMe().id === member.id
  const remove = useMutation({
    mutationFn: () => hub.removePerson(member.id),
    // Who leaves by themself has no session here any more, and lands on the sign-in page.
    onSuccess: () => void client.invalidateQueries({ queryKey: isMe ? keys.me : keys.people }),
  })
  const title = remove.data
    ? removeTexts.doneTitle(member.name)
    : isMe
      ? removeTexts.self
      : removeTexts.title(member.name)
  return (
    <Dialog open onClose={onClose} title={title}>
      {remove.data ? (
        <Report items={remove.data.items} />
      ) : (
        <div className="space-y-3">
          <p>{removeTexts.intro}</p>
          <ul className="list-disc space-y-1 ps-5">
            {removeTexts.items(member.connections).map((item) => (
              <li key={item}>{item}</li>
            ))}
          </ul>
          <p className="text-muted">{removeTexts.kept}</p>
          {remove.error && <ProblemNotice error={remove.error} />}
        </div>
      )}
      <DialogActions>
        <Button onClick={onClose}>{remove.data ? peopleTexts.close : peopleTexts.cancel}</Button>
        {!remove.data && (
          <Button look="danger" busy={remove.isPending} onClick={() => remove.mutate()}>
            {removeTexts.submit}
          </Button>
        )}
      </DialogActions>
    </Dialog>
  )
}

const TONES = { done: 'ok', nothing_to_do: 'plain', by_hand: 'warn', failed: 'bad' } as const

function Report({ items }: DepartureBody) {
  const providers = useQuery(providersQuery(useHub()))
  const nameOf = (id: string) => providers.data?.find((provider) => provider.id === id)?.name ?? id
  return (
    <ul aria-label={removeTexts.report} className="divide-y divide-line">
      {items.map(({ item, provider, outcome, detail }, index) => (
        <li key={index} className="py-2.5">
          <p className="flex flex-wrap items-center justify-between gap-2 font-medium">
            {provider ? `${item}: ${nameOf(provider)}` : item}
            <Badge tone={TONES[outcome]}>{removeTexts.outcomes[outcome]}</Badge>
          </p>
          <p className="text-sm break-words text-muted">{detail}</p>
        </li>
      ))}
    </ul>
  )
}
