import type { ReactNode } from 'react'
import type { ConnectionBody } from '../../http/wire.ts'
import { connectionTexts } from '../texts.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { Section } from '../ui/section.tsx'
import { Time } from '../ui/time.tsx'

export function ConnectionFacts({ connection }: { connection: ConnectionBody }) {
  const time = (iso: string | null, otherwise: string) => (iso ? <Time iso={iso} /> : otherwise)
  const facts: [string, ReactNode][] = [
    [connectionTexts.account, <bdi key="account">{connection.account.label}</bdi>],
    [
      connectionTexts.owner,
      `${connection.owner.name} (${connectionTexts.ownerKinds[connection.owner.kind]})`,
    ],
    [connectionTexts.method, connectionTexts.methods[connection.method]],
    [connectionTexts.mode, connectionTexts.modes[connection.mode]],
    ...Object.entries(connection.parameters).map(([name, value]): [string, ReactNode] => [
      name,
      <bdi key={name}>{value}</bdi>,
    ]),
    ...connection.capabilities.map(({ label, value }): [string, ReactNode] => [label, value]),
    [connectionTexts.connectedAt, <Time key="created" iso={connection.created_at} />],
    [connectionTexts.verifiedAt, time(connection.last_verified_at, connectionTexts.never)],
    [connectionTexts.refreshedAt, time(connection.refreshed_at, connectionTexts.never)],
    [connectionTexts.expiresAt, time(connection.expires_at, connectionTexts.noExpiry)],
    ...(connection.disconnected_at
      ? [
          [connectionTexts.disconnectedAt, <Time key="gone" iso={connection.disconnected_at} />] as [
            string,
            ReactNode,
          ],
        ]
      : []),
  ]
  return (
    <Section title={connectionTexts.details}>
      <dl className="space-y-2 text-sm">
        {facts.map(([term, value]) => (
          <div key={term} className="flex flex-wrap justify-between gap-x-4">
            <dt className="text-muted">{term}</dt>
            <dd className="min-w-0 text-end break-words">{value}</dd>
          </div>
        ))}
        <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1.5 border-t border-line pt-3">
          <dt className="text-muted">{connectionTexts.id}</dt>
          <dd className="flex min-w-0 items-center gap-2">
            <code className="text-xs break-all">{connection.id}</code>
            <CopyButton value={connection.id} what={connectionTexts.id} />
          </dd>
        </div>
      </dl>
    </Section>
  )
}
