import type { SecretsChangedBody } from '../../http/wire.ts'
import { affectedTexts } from '../texts.ts'
import { Notice } from '../ui/notice.tsx'

/** Which connections a change of secrets touches, and whose they are. */
export function AffectedNotice({ change }: { change: SecretsChangedBody }) {
  if (change.affected.length === 0) return null
  return (
    <Notice tone="warn" role="alert" title={affectedTexts.title}>
      {change.affected.map(({ name, change: kind, effect, owners }) => (
        <div key={name + kind}>
          <p>
            <code className="text-xs break-all">{name}</code>: {effect}
          </p>
          <ul className="list-disc ps-5">
            {owners.map((owner) => (
              <li key={owner.kind + owner.id}>
                <bdi>{affectedTexts.owner(owner.name, owner.connections)}</bdi>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </Notice>
  )
}
