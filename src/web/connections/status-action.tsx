import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { BadgeCheck, ExternalLink, RefreshCw } from 'lucide-react'
import type { ConnectionBody } from '../../http/wire.ts'
import { useHub, useMe } from '../api/hub-context.tsx'
import { providerQuery } from '../api/queries.ts'
import { useConnect } from '../connecting/connect-context.tsx'
import { integrationsTexts, reportTexts, statusTexts } from '../texts.ts'
import { Button, buttonClass } from '../ui/button.tsx'
import { mayChange } from './may-change.ts'
import { useVerify } from './use-verify.ts'

type Props = {
  providerName: string
  connection: ConnectionBody
  look?: 'primary' | 'secondary'
}

/** The one thing that mends a connection; nothing where nothing is wrong, or where it is not this person's to do. */
export function StatusAction({ providerName, connection, look = 'secondary' }: Props) {
  const connect = useConnect()
  const verify = useVerify()
  const may = mayChange(useMe(), connection)
  const { action } = connection.status
  const name = connection.label ?? connection.account.label
  if (action === 'none') return null
  // Nothing to sign in to: whatever was done at the provider, asking again is what shows it.
  if (connection.method === 'verified_access') {
    return may ? (
      <Button
        size="small"
        look={look}
        className="relative"
        busy={verify.isPending}
        aria-label={reportTexts.reverifyNamed(providerName, name)}
        onClick={() => verify.mutate(connection.id)}
      >
        {!verify.isPending && <BadgeCheck aria-hidden className="size-4" />}
        {reportTexts.reverify}
      </Button>
    ) : null
  }
  if (action === 'reconnect' || action === 'connect') {
    return may ? (
      <Button
        size="small"
        look={look}
        className="relative"
        aria-label={`${integrationsTexts.reconnectNamed(providerName)}, ${name}`}
        onClick={() => connect({ kind: 'reconnect', provider: connection.provider, connection })}
      >
        <RefreshCw aria-hidden className="size-4" />
        {statusTexts.actions.reconnect}
      </Button>
    ) : null
  }
  if (action === 'follow_steps') {
    return (
      <Link
        to="/connections/$id"
        params={{ id: connection.id }}
        search={{ tab: 'setup' }}
        className={`${buttonClass({ size: 'small', look })} relative`}
      >
        {statusTexts.actions.follow_steps}
      </Link>
    )
  }
  return <AtProvider connection={connection} look={look} label={statusTexts.actions[action]} />
}

/** Only somebody at the provider can mend it: the way there. */
function AtProvider({
  connection,
  look,
  label,
}: {
  connection: ConnectionBody
  look: 'primary' | 'secondary'
  label: string | null
}) {
  const { data } = useQuery(providerQuery(useHub(), connection.provider))
  const url = data?.setup.console_url
  if (!url || !label || !/^https:/.test(url)) return null
  return (
    <a
      href={url}
      target="_blank"
      rel="noopener noreferrer"
      className={`${buttonClass({ size: 'small', look })} relative`}
    >
      {label}
      <ExternalLink aria-hidden className="size-4" />
    </a>
  )
}
