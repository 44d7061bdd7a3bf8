import type { ConnectionBody, ProviderDetailBody } from '../../http/wire.ts'
import { ScopeList } from '../scopes/scope-list.tsx'
import { connectionTexts } from '../texts.ts'
import { Section } from '../ui/section.tsx'

/** What was granted, and what was asked for and left out. */
export function GrantedPermissions({
  provider,
  connection,
}: {
  provider: ProviderDetailBody
  connection: ConnectionBody
}) {
  const { granted_scopes: granted, missing_scopes: missing } = connection
  return (
    <Section title={connectionTexts.granted}>
      {granted.length === 0 && missing.length === 0 && (
        <p className="text-sm text-muted">{provider.permissions_note ?? connectionTexts.noScopes}</p>
      )}
      {missing.length > 0 && (
        <div className="mb-4 rounded-lg bg-warn-tint px-3.5 py-3">
          <h4 className="mb-2 text-sm font-medium">{connectionTexts.missing}</h4>
          <ScopeList scopes={missing} declared={provider.scopes} technical granted={false} />
          <p className="mt-2.5 text-sm">{connectionTexts.missingHelp}</p>
        </div>
      )}
      <ScopeList scopes={granted} declared={provider.scopes} technical granted />
    </Section>
  )
}
