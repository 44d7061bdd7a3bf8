import type { ConnectionBody, ProviderDetailBody } from '../../http/wire.ts'
import { ScopeList } from '../scopes/scope-list.tsx'
import { allowTexts, connectTexts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { DialogActions } from '../ui/dialog-actions.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'

type Props = {
  provider: ProviderDetailBody
  connection: ConnectionBody
  adding: string[]
  /** Called inside the click, so that a new tab may still be opened. */
  onSubmit: () => void
  busy: boolean
  error: unknown
  onCancel: () => void
}

/** More permission for a connection: what is added and why, before anybody leaves for the provider. */
export function AllowForm({ provider, connection, adding, onSubmit, busy, error, onCancel }: Props) {
  const kept = connection.granted_scopes.filter((scope) => !adding.includes(scope))
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        if (!busy) onSubmit()
      }}
    >
      <p className="text-sm">{allowTexts.intro(provider.name, connection.account.label)}</p>
      <section aria-label={allowTexts.added} className="space-y-2.5">
        <p className="text-sm font-medium">{allowTexts.added}</p>
        <div className="rounded-lg border border-line bg-ground px-3.5 py-3">
          <ScopeList scopes={adding} declared={provider.scopes} technical />
        </div>
      </section>
      {kept.length > 0 && (
        <details className="text-sm">
          <summary className="text-muted">{allowTexts.kept(kept.length)}</summary>
          <div className="mt-2 rounded-lg border border-line bg-ground px-3.5 py-3">
            <ScopeList scopes={kept} declared={provider.scopes} />
          </div>
        </details>
      )}
      {error !== null && error !== undefined && <ProblemNotice error={error} />}
      <DialogActions>
        <Button onClick={onCancel}>{connectTexts.cancel}</Button>
        <Button type="submit" look="primary" busy={busy}>
          {allowTexts.go(provider.name)}
        </Button>
      </DialogActions>
    </form>
  )
}
