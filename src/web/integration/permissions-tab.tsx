import { Fragment } from 'react'
import type { ProviderDetailBody } from '../../http/wire.ts'
import { ScopeList, countScopes } from '../scopes/scope-list.tsx'
import { integrationTexts } from '../texts.ts'
import { Notice } from '../ui/notice.tsx'
import { Section } from '../ui/section.tsx'

/** What a new connection is asked for, and the other sets that can be chosen. */
export function PermissionsTab({ provider }: { provider: ProviderDetailBody }) {
  const others = provider.scope_sets.filter(
    ({ scopes, documented }) => documented !== null || !sameScopes(scopes, provider.requested_scopes),
  )
  return (
    <div className="space-y-5">
      {provider.permissions_note && <Notice tone="info">{provider.permissions_note}</Notice>}
      <Section
        heading="h2"
        title={integrationTexts.requested}
        aside={
          <span className="text-sm text-muted">
            {countScopes({ scopes: provider.requested_scopes, declared: provider.scopes })}
          </span>
        }
      >
        {provider.requested_scopes.length > 0 ? (
          <ScopeList scopes={provider.requested_scopes} declared={provider.scopes} technical />
        ) : (
          <p className="text-sm text-muted">{integrationTexts.requestedNone}</p>
        )}
      </Section>
      {others.length > 0 && (
        <Section heading="h2" title={integrationTexts.otherSets}>
          <div className="space-y-3">
            {others.map((set) => (
              <details key={set.name} className="rounded-lg border border-line px-3.5 py-2.5">
                <summary className="text-sm font-medium">
                  {set.label}{' '}
                  <span className="font-normal text-muted">
                    {countScopes({ scopes: set.scopes, declared: provider.scopes })}
                  </span>
                </summary>
                {set.note && <p className="mt-1.5 text-sm text-muted">{set.note}</p>}
                {set.documented && (
                  <p className="mt-1.5 text-sm text-muted">
                    {integrationTexts.documented}{' '}
                    {set.documented.scopes.map((scope, index) => (
                      <Fragment key={scope}>
                        {index > 0 && ', '}
                        <code className="text-xs break-all text-ink">{scope}</code>
                      </Fragment>
                    ))}
                    . {set.documented.reason}
                  </p>
                )}
                <div className="mt-3">
                  <ScopeList scopes={set.scopes} declared={provider.scopes} technical />
                </div>
              </details>
            ))}
          </div>
        </Section>
      )}
    </div>
  )
}

function sameScopes(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((scope) => b.includes(scope))
}
