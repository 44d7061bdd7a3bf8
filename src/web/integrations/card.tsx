import { Link } from '@tanstack/react-router'
import { FlaskConical, Plus, TriangleAlert } from 'lucide-react'
import { useId } from 'react'
import type { ConnectionBody, ProviderSummaryBody } from '../../http/wire.ts'
import { useConnect } from '../connecting/connect-context.tsx'
import { connectionTexts, integrationsTexts, statusTexts } from '../texts.ts'
import { Button, buttonClass } from '../ui/button.tsx'
import { Logo } from '../ui/logo.tsx'
import { ConnectionBadge, StatusBadge } from '../ui/status-badge.tsx'
import type { Entry } from './overview.ts'

/** More accounts than these are on the integration's own page. */
const LISTED = 3

/** One integration: what it is, whose accounts are connected and how they are, and the next thing to do. */
export function Card({ entry: { provider, connections } }: { entry: Entry }) {
  const id = useId()
  const listed = connections.slice(0, LISTED)
  return (
    <li>
      <article
        aria-labelledby={id}
        className="relative flex h-full min-h-36 flex-col gap-2.5 rounded-xl border border-line bg-surface p-3.5 transition-colors hover:border-edge"
      >
        <div className="flex items-start gap-3">
          <Logo name={provider.name} src={provider.logo} />
          <div className="min-w-0 flex-1 self-center">
            <h3 id={id} className="leading-5 font-semibold">
              {/* The whole card leads to the page; its buttons lie above. */}
              <Link
                to="/integrations/$id"
                params={{ id: provider.id }}
                className="rounded after:absolute after:inset-0 after:rounded-xl"
              >
                {provider.name}
              </Link>
            </h3>
            <SandboxBadge provider={provider} />
          </div>
        </div>
        {/* Once connected, the accounts matter more than what it is for. */}
        {connections.length === 0 && <p className="line-clamp-2 text-sm text-muted">{provider.summary}</p>}
        {connections.length === 0 ? (
          <Unconnected provider={provider} />
        ) : (
          <>
            <ul className="space-y-2 border-t border-line pt-2.5">
              {listed.map((connection) => (
                <Account key={connection.id} provider={provider} connection={connection} />
              ))}
            </ul>
            <div className="relative mt-auto flex flex-wrap items-center gap-x-3 gap-y-1">
              <Link
                to="/integrations/$id"
                params={{ id: provider.id }}
                className="text-sm text-accent underline underline-offset-2"
                hidden={connections.length <= LISTED}
              >
                {integrationsTexts.more(connections.length - LISTED)}
              </Link>
              <AddAccount provider={provider} />
            </div>
          </>
        )}
      </article>
    </li>
  )
}

function Unconnected({ provider }: { provider: ProviderSummaryBody }) {
  const connect = useConnect()
  return (
    <div className="mt-auto flex flex-wrap items-center justify-between gap-2">
      <StatusBadge status="not_configured" />
      {provider.mode === 'unconfigured' && provider.primary_method !== 'verified_access' ? (
        <Link
          to="/integrations/$id"
          params={{ id: provider.id }}
          search={{ tab: 'setup' }}
          aria-label={integrationsTexts.setupNamed(provider.name)}
          className={`${buttonClass({ size: 'small', look: 'quiet' })} relative`}
        >
          {integrationsTexts.setup}
        </Link>
      ) : (
        <Button
          size="small"
          className="relative"
          aria-label={
            provider.primary_method === 'verified_access'
              ? integrationsTexts.verifyNamed(provider.name)
              : integrationsTexts.connectNamed(provider.name)
          }
          onClick={() => connect({ kind: 'connect', provider: provider.id })}
        >
          {provider.primary_method === 'verified_access'
            ? integrationsTexts.verify
            : integrationsTexts.connect}
        </Button>
      )}
    </div>
  )
}

function SandboxBadge({ provider }: { provider: ProviderSummaryBody }) {
  if (provider.mode !== 'sandbox') return null
  return (
    <span
      title={integrationsTexts.sandboxHelp}
      className="inline-flex items-center gap-1 text-xs leading-4 text-accent"
    >
      <FlaskConical aria-hidden className="size-3" />
      {integrationsTexts.sandbox}
    </span>
  )
}

function Account({ provider, connection }: { provider: ProviderSummaryBody; connection: ConnectionBody }) {
  const connect = useConnect()
  const { action } = connection.status
  const label = statusTexts.actions[action]
  const name = connection.label ?? connection.account.label
  return (
    <li className="text-sm">
      <div className="flex items-center justify-between gap-2">
        <span className="min-w-0 truncate" title={connectionTexts.ownedBy(connection.owner.name)}>
          <bdi>{name}</bdi>
        </span>
        <ConnectionBadge connection={connection} />
      </div>
      {connection.capabilities.map(
        ({ id, warning }) =>
          warning && (
            <p key={id} className="mt-1.5 flex gap-1.5 text-xs text-muted">
              <TriangleAlert aria-hidden className="mt-px size-3.5 shrink-0 text-warn" />
              <span className="line-clamp-2">{warning}</span>
            </p>
          ),
      )}
      {label && (
        <div className="mt-1.5 flex flex-wrap items-center justify-between gap-2">
          <span className="min-w-0 flex-1 basis-32 text-xs text-muted">{connection.status.detail}</span>
          {action === 'reconnect' || action === 'connect' ? (
            <Button
              size="small"
              className="relative"
              aria-label={`${integrationsTexts.reconnectNamed(provider.name)}, ${name}`}
              onClick={() => connect({ kind: 'reconnect', provider: provider.id, connection })}
            >
              {statusTexts.actions.reconnect}
            </Button>
          ) : (
            <Link
              to="/connections/$id"
              params={{ id: connection.id }}
              search={action === 'follow_steps' ? { tab: 'setup' } : {}}
              className={`${buttonClass({ size: 'small' })} relative`}
            >
              {label}
            </Link>
          )}
        </div>
      )}
    </li>
  )
}

function AddAccount({ provider }: { provider: ProviderSummaryBody }) {
  const connect = useConnect()
  if (provider.mode === 'unconfigured') return null
  return (
    <Button
      size="small"
      look="quiet"
      className="ms-auto"
      aria-label={integrationsTexts.addNamed(provider.name)}
      onClick={() => connect({ kind: 'connect', provider: provider.id })}
    >
      <Plus aria-hidden className="size-4" />
      {integrationsTexts.add}
    </Button>
  )
}
