import { Link } from '@tanstack/react-router'
import type { ConnectionBody, ProviderSummaryBody } from '../../http/wire.ts'
import { connectionTexts } from '../texts.ts'
import { Logo } from '../ui/logo.tsx'
import { ConnectionBadge } from '../ui/status-badge.tsx'
import { Time } from '../ui/time.tsx'

const cell = 'px-4 py-2.5 max-md:px-0 max-md:py-0'

export function ConnectionRow({
  connection,
  provider,
}: {
  connection: ConnectionBody
  provider: ProviderSummaryBody | undefined
}) {
  const { account, owner, status } = connection
  const name = provider?.name ?? connection.provider
  return (
    <tr className="relative hover:bg-ground max-md:flex max-md:flex-wrap max-md:items-center max-md:gap-x-3 max-md:gap-y-1.5 max-md:px-4 max-md:py-3">
      <td className={cell}>
        <span className="flex items-center gap-2.5 whitespace-nowrap">
          <Logo name={name} src={provider?.logo ?? null} size="small" />
          {name}
        </span>
      </td>
      <th scope="row" className={`${cell} text-start font-medium max-md:order-first max-md:w-full`}>
        <Link
          to="/connections/$id"
          params={{ id: connection.id }}
          dir="auto"
          className="rounded wrap-anywhere text-accent underline underline-offset-2 after:absolute after:inset-0"
        >
          {connection.label ?? account.label}
        </Link>
      </th>
      <td className={`${cell} text-muted`}>
        {owner.name}
        {owner.kind === 'end_user' && (
          <span className="block text-xs">{connectionTexts.ownerKinds.end_user}</span>
        )}
      </td>
      <td className={cell}>
        <ConnectionBadge connection={connection} />
      </td>
      <td className={`${cell} text-muted md:whitespace-nowrap`}>
        <Time iso={connection.disconnected_at ?? status.since ?? connection.created_at} />
      </td>
    </tr>
  )
}
