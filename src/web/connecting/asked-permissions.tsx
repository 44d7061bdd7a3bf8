import type { MethodBody } from '../../http/wire.ts'
import { ScopeList, countScopes } from '../scopes/scope-list.tsx'
import { connectTexts } from '../texts/connect.ts'
import { inputClass } from '../ui/form-field.tsx'
import { Notice } from '../ui/notice.tsx'
import type { Connectable } from './connectable.ts'

/** What the provider will be asked for, in plain words, and the other sets to choose from. */
export function AskedPermissions({
  provider,
  method,
  scopeSet,
  onScopeSet,
  fixed,
}: {
  provider: Connectable
  method: MethodBody
  scopeSet: string | undefined
  onScopeSet: (name: string | undefined) => void
  fixed: boolean
}) {
  if (method.kind !== 'oauth2' && method.kind !== 'fragment') return <NoScopes provider={provider} />
  const sets = provider.scope_sets ?? []
  const chosen = sets.find((set) => set.name === scopeSet)
  const scopes = chosen?.scopes ?? provider.requested_scopes
  if (scopes.length === 0) return <NoScopes provider={provider} />
  return (
    <section aria-label={connectTexts.asksFor} className="space-y-2.5">
      <p className="text-sm font-medium">
        {connectTexts.asksFor}{' '}
        <span className="font-normal text-muted">({countScopes({ scopes, declared: provider.scopes })})</span>
      </p>
      {!fixed && sets.length > 1 && (
        <label className="block space-y-1 text-sm">
          <span className="sr-only">{connectTexts.scopeSet}</span>
          <select
            className={inputClass}
            value={scopeSet ?? ''}
            onChange={(event) => onScopeSet(event.target.value || undefined)}
          >
            {sets.map((set) => (
              <option key={set.name} value={set.name === 'recommended' ? '' : set.name}>
                {set.label}
              </option>
            ))}
          </select>
          {chosen?.note && <span className="block text-muted">{chosen.note}</span>}
        </label>
      )}
      <div className="rounded-lg border border-line bg-ground px-3.5 py-3">
        <ScopeList scopes={scopes} declared={provider.scopes} />
      </div>
      {provider.permissions_note && <p className="text-sm text-muted">{provider.permissions_note}</p>}
    </section>
  )
}

function NoScopes({ provider }: { provider: Connectable }) {
  return (
    <Notice tone="info">{provider.permissions_note ?? connectTexts.asksForNothing(provider.name)}</Notice>
  )
}
