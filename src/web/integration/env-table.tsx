import { CircleCheck, CircleDashed } from 'lucide-react'
import type { ProviderDetailBody } from '../../http/wire.ts'
import { setupTexts } from '../texts.ts'
import { Badge } from '../ui/badge.tsx'
import { CopyButton } from '../ui/copy-button.tsx'

/** The variables that the hub reads for a provider, and whether it found them. Values are never shown. */
export function EnvTable({ env }: { env: ProviderDetailBody['env'] }) {
  return (
    <ul className="divide-y divide-line">
      {env.map(({ name, purpose, set, required }) => (
        <li key={name} className="flex flex-wrap items-center gap-x-3 gap-y-1.5 py-2.5 first:pt-0 last:pb-0">
          <div className="min-w-0 flex-1 basis-44">
            <code className="text-xs font-medium break-all">{name}</code>
            <p className="text-sm text-muted">
              {purpose} ({required ? setupTexts.required : setupTexts.optional})
            </p>
          </div>
          <Badge tone={set ? 'ok' : required ? 'warn' : 'plain'} icon={set ? CircleCheck : CircleDashed}>
            {set ? setupTexts.set : setupTexts.notSet}
          </Badge>
          <CopyButton value={name} what={name} />
        </li>
      ))}
    </ul>
  )
}
