import { useQuery } from '@tanstack/react-query'
import type { ProjectSourceBody, ResourcePageBody } from '../../http/wire.ts'
import { useHub, useMe } from '../api/hub-context.tsx'
import { connectionQuery } from '../api/queries.ts'
import { useConnect } from '../connecting/connect-context.tsx'
import { resourceTexts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Notice } from '../ui/notice.tsx'

type Kind = ProjectSourceBody['kinds'][number]

/** What is not in the list, why, and the one thing that helps. */
export function PickerHints({
  page,
  kind,
  provider,
  connection,
}: {
  page: ResourcePageBody
  kind: Kind
  provider: string
  connection: string
}) {
  const { reading, invite } = page
  return (
    <>
      {reading.skipped.map((skipped) => (
        <Notice key={skipped.label} tone="warn" title={resourceTexts.missingTitle(skipped.label)}>
          <p>{skipped.detail}</p>
          {skipped.reason === 'scopes' && (
            <AskForMore provider={provider} connection={connection} scopes={page.missing_scopes} />
          )}
        </Notice>
      ))}
      {reading.state === 'waiting' && (
        <Notice tone="info">
          <p>{reading.problem?.detail ?? resourceTexts.waiting}</p>
        </Notice>
      )}
      {reading.state === 'failed' && (
        <Notice tone="bad" title={resourceTexts.failed}>
          <p>{reading.problem?.detail}</p>
        </Notice>
      )}
      {reading.truncated && (
        <Notice tone="info">
          <p>{resourceTexts.truncated(kind.many)}</p>
        </Notice>
      )}
      {invite && (
        <details className="text-sm">
          <summary className="font-medium">{resourceTexts.inviteTitle(kind.one)}</summary>
          <div className="mt-2 space-y-2 text-muted">
            <p>
              {resourceTexts.inviteHelp(kind.many)} {invite.where}
            </p>
            <p className="flex flex-wrap items-center gap-2">
              <code dir="ltr" className="rounded border border-line bg-sunken px-2 py-1 text-ink">
                {invite.command}
              </code>
              <CopyButton value={invite.command} what={resourceTexts.inviteCommand} />
            </p>
          </div>
        </details>
      )}
    </>
  )
}

/** One button asks for what is missing, and for nothing else. */
function AskForMore({
  provider,
  connection,
  scopes,
}: {
  provider: string
  connection: string
  scopes: string[]
}) {
  const connect = useConnect()
  const isAdmin = useMe().role === 'admin'
  const found = useQuery({ ...connectionQuery(useHub(), connection), enabled: isAdmin })
  if (!isAdmin) return <p>{resourceTexts.askAdmin}</p>
  if (scopes.length === 0) return null
  const { data } = found
  return (
    <Button
      size="small"
      busy={data === undefined}
      onClick={() => data && connect({ kind: 'reconnect', provider, connection: data, adding: scopes })}
    >
      {resourceTexts.ask}
    </Button>
  )
}
