import type { ApiKeyBody } from '../../http/wire.ts'
import { useMe } from '../api/hub-context.tsx'
import { keyTexts } from '../texts.ts'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { DataTable } from '../ui/data-table.tsx'
import { useNow } from '../ui/now.tsx'
import { Time } from '../ui/time.tsx'

const cell = 'px-4 py-2.5 max-lg:px-0 max-lg:py-0'

export function KeysTable({
  apiKeys,
  onRevoke,
}: {
  apiKeys: ApiKeyBody[]
  onRevoke: (apiKey: ApiKeyBody) => void
}) {
  return (
    <DataTable label={keyTexts.table} columns={keyTexts.columns} below="lg">
      {apiKeys.map((apiKey) => (
        <KeyRow key={apiKey.id} apiKey={apiKey} onRevoke={onRevoke} />
      ))}
    </DataTable>
  )
}

function KeyRow({ apiKey, onRevoke }: { apiKey: ApiKeyBody; onRevoke: (apiKey: ApiKeyBody) => void }) {
  const now = useNow()
  const me = useMe()
  const { columns } = keyTexts
  const expired = apiKey.expires_at !== null && Date.parse(apiKey.expires_at) <= now
  const over = apiKey.revoked_at !== null || expired
  return (
    <tr className="max-lg:block max-lg:space-y-1 max-lg:px-4 max-lg:py-3">
      <th scope="row" className={`${cell} text-start font-medium max-lg:block`}>
        <bdi>{apiKey.name}</bdi>
      </th>
      <td className={`${cell} max-lg:block`}>
        <code className="text-xs">{apiKey.prefix}…</code>
      </td>
      <td className={`${cell} max-lg:block`}>
        <Small label={columns.actsAs} />
        <bdi>{apiKey.person?.name ?? me.organization.name}</bdi>
      </td>
      <td className={`${cell} max-lg:block`}>
        <span className="flex flex-wrap gap-1">
          {apiKey.scopes.map((scope) => (
            <Badge key={scope} tone="plain" title={keyTexts.scopeNames[scope]}>
              {scope}
            </Badge>
          ))}
        </span>
      </td>
      <td className={`${cell} text-muted max-lg:block`}>
        <Small label={columns.created} />
        <Time iso={apiKey.created_at} />
      </td>
      <td className={`${cell} text-muted max-lg:block`}>
        <Small label={columns.used} />
        {apiKey.last_used_at ? <Time iso={apiKey.last_used_at} /> : keyTexts.never}
      </td>
      <td className={`${cell} text-muted max-lg:block`}>
        <Small label={columns.expires} />
        {apiKey.expires_at ? <Time iso={apiKey.expires_at} /> : keyTexts.never}
      </td>
      <td className={`${cell} text-end max-lg:block max-lg:pt-1 max-lg:text-start`}>
        {over ? (
          <Badge tone="plain">{apiKey.revoked_at ? keyTexts.revoked : keyTexts.expired}</Badge>
        ) : (
          <Button
            size="small"
            look="danger"
            aria-label={keyTexts.revokeNamed(apiKey.name)}
            onClick={() => onRevoke(apiKey)}
          >
            {keyTexts.revoke}
          </Button>
        )}
      </td>
    </tr>
  )
}

/** The column's name, where the head of the table is out of sight. */
function Small({ label }: { label: string }) {
  return (
    <span aria-hidden className="lg:hidden">
      {label}:{' '}
    </span>
  )
}
