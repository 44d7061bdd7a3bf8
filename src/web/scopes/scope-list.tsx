import { Check, CircleSlash, Eye, PencilLine } from 'lucide-react'
import type { ScopeInfoBody } from '../../http/wire.ts'
import { scopeTexts } from '../texts/connect.ts'
import { classes } from '../ui/classes.ts'

type Props = {
  /** Technical names, in the order to show. */
  scopes: readonly string[]
  /** What the catalog says about each. */
  declared: readonly ScopeInfoBody[]
  /** With the names that the provider uses, for people who compare. */
  technical?: boolean
  /** Whether they were granted; absent: they are only asked for. */
  granted?: boolean
}

/** Permissions in plain words, each marked as reading or writing. */
export function ScopeList({ scopes, declared, technical = false, granted }: Props) {
  const byName = new Map(declared.map((info) => [info.scope, info]))
  return (
    <ul className="space-y-2.5 text-sm">
      {scopes.map((scope) => (
        <ScopeItem
          key={scope}
          scope={scope}
          info={byName.get(scope)}
          technical={technical}
          granted={granted}
        />
      ))}
    </ul>
  )
}

function ScopeItem({
  scope,
  info,
  technical,
  granted,
}: {
  scope: string
  info: ScopeInfoBody | undefined
  technical: boolean
  granted: boolean | undefined
}) {
  const writes = info?.access === 'write'
  const Icon = granted === undefined ? (writes ? PencilLine : Eye) : granted ? Check : CircleSlash
  return (
    <li className="flex gap-2.5">
      <Icon
        aria-hidden
        className={classes(
          'mt-0.5 size-4 shrink-0',
          granted === true ? 'text-ok' : granted === false ? 'text-warn' : 'text-muted',
        )}
      />
      <span className="min-w-0 flex-1">
        {info ? info.why : scopeTexts.undeclared}{' '}
        {info && (
          <span className="whitespace-nowrap text-muted">
            ({writes ? scopeTexts.write : scopeTexts.read}
            {info.token && `, ${scopeTexts.token(info.token)}`})
          </span>
        )}
        {(technical || !info) && <code className="block text-xs break-all text-muted">{scope}</code>}
      </span>
    </li>
  )
}

/** "5 to read, 2 to read and write". */
export function countScopes({
  scopes,
  declared,
}: {
  scopes: readonly string[]
  declared: readonly ScopeInfoBody[]
}): string {
  const writing = new Set(declared.filter((info) => info.access === 'write').map((info) => info.scope))
  const writes = scopes.filter((scope) => writing.has(scope)).length
  return scopeTexts.count(scopes.length - writes, writes)
}
