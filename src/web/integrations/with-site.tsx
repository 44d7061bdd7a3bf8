import { Link } from '@tanstack/react-router'
import { CircleCheck } from 'lucide-react'
import { whoseTexts } from '../texts.ts'
import { Help } from '../ui/help.tsx'
import type { Entry } from './overview.ts'

/** One line for each provider that an installed app connected: nothing to configure, so no card. */
export function ConnectedWithSite({ entries }: { entries: Entry[] }) {
  if (entries.length === 0) return null
  return (
    <ul className="mb-5 space-y-1.5">
      {entries.flatMap(({ provider, connections }) =>
        connections.map((connection) => (
          <li key={connection.id} className="flex items-start gap-2 text-sm">
            <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-ok" />
            <span>
              {whoseTexts.withSite(provider.name, connection.label ?? connection.account.label)}{' '}
              <Link
                to="/connections/$id"
                params={{ id: connection.id }}
                className="whitespace-nowrap text-accent underline underline-offset-2"
              >
                {whoseTexts.withSiteLink}
              </Link>{' '}
              <Help topic="verified" />
            </span>
          </li>
        )),
      )}
    </ul>
  )
}
