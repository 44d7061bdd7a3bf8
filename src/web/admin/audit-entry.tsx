import type { AuditEntryBody } from '../../http/wire.ts'
import type { AuditSearch } from '../search-params.ts'
import { auditTexts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { DialogActions } from '../ui/dialog-actions.tsx'
import { Dialog } from '../ui/dialog.tsx'

export function nameOf({ actor }: AuditEntryBody): string {
  if (actor.name === null) return actor.id || auditTexts.system
  if (actor.kind !== 'api_key') return actor.name
  return `${actor.name} (${actor.acts_as ? auditTexts.keyOf(actor.acts_as) : auditTexts.key})`
}

/** One entry whole, and what it leads to. */
export function AuditEntryDialog({
  entry,
  onClose,
  onOnly,
}: {
  entry: AuditEntryBody
  onClose: () => void
  onOnly: (filter: AuditSearch) => void
}) {
  const { facts } = auditTexts
  const { connection } = entry
  const rows: [string, string | null][] = [
    [facts.at, new Date(entry.at).toLocaleString(undefined, { dateStyle: 'long', timeStyle: 'medium' })],
    [facts.id, entry.actor.id],
    [facts.action, entry.action],
    [facts.target, entry.target.name ? `${entry.target.name} (${entry.target.id})` : entry.target.id],
    [
      facts.connection,
      connection &&
        `${connection.provider}, ${connection.owner.name}: ${connection.label ?? auditTexts.hidden}`,
    ],
    [facts.address, entry.address],
    [facts.hash, entry.hash],
  ]
  const recorded = Object.entries(entry.detail)
  return (
    <Dialog
      open
      onClose={onClose}
      closeOnOutsideClick
      width="wide"
      title={auditTexts.entry(entry.seq)}
      description={`${nameOf(entry)}: ${entry.sentence}`}
    >
      <dl className="grid gap-x-4 gap-y-2 text-sm sm:grid-cols-[8rem_minmax(0,1fr)]">
        {rows.map(
          ([label, value]) =>
            value && (
              <div key={label} className="contents">
                <dt className="text-muted">{label}</dt>
                <dd className="wrap-anywhere">
                  <bdi>{value}</bdi>
                </dd>
              </div>
            ),
        )}
      </dl>
      {recorded.length > 0 && (
        <>
          <h3 className="mt-5 mb-2 font-semibold">{auditTexts.recorded}</h3>
          <dl className="grid gap-x-4 gap-y-2 text-sm sm:grid-cols-[8rem_minmax(0,1fr)]">
            {recorded.map(([name, value]) => (
              <div key={name} className="contents">
                <dt className="text-muted">{name.replaceAll('_', ' ')}</dt>
                <dd className="wrap-anywhere" dir="auto">
                  {typeof value === 'string' ? value : JSON.stringify(value)}
                </dd>
              </div>
            ))}
          </dl>
        </>
      )}
      <DialogActions>
        {connection && (
          <Button onClick={() => onOnly({ connection: connection.id })}>{auditTexts.onlyConnection}</Button>
        )}
        <Button look="primary" onClick={() => onOnly({ actor: entry.actor.id })}>
          {auditTexts.onlyThis}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
