import { Link } from '@tanstack/react-router'
import { FlaskConical, Plus, TriangleAlert, Unplug } from 'lucide-react'
import { memo, useId } from 'react'
import type { ConnectionBody, ProviderSummaryBody } from '../../http/wire.ts'
import { useMe } from '../api/hub-context.tsx'
import { useConnect } from '../connecting/connect-context.tsx'
import { AdminSteps } from '../connections/admin-steps.tsx'
import { useDisconnect } from '../connections/disconnect-context.tsx'
import { mayChange } from '../connections/may-change.ts'
import { StatusAction } from '../connections/status-action.tsx'
import { StatusReport } from '../connections/status-report.tsx'
import type { Whose } from '../search-params.ts'
import { connectionTexts, integrationsTexts, whoseTexts } from '../texts.ts'
import { Button, buttonClass } from '../ui/button.tsx'
import { Logo } from '../ui/logo.tsx'
import { ConnectionBadge, StatusBadge } from '../ui/status-badge.tsx'
import { type Entry, needsAttention } from './overview.ts'

/** One integration: what it is, whose accounts are connected and how they are, and the next thing to do. */
export const Card = memo(function Card({ entry, whose }: { entry: Entry; whose: Whose }) {
  const { provider, connections, total } = entry
  const id = useId()
  return (
    <li>
      <article
        aria-labelledby={id}
        className="relative flex h-full flex-col gap-2.5 rounded-xl border border-line bg-surface p-3.5 transition-colors hover:border-edge"
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
            <SandboxMark provider={provider} />
          </div>
          {connections.length > 0 && <AddAccount provider={provider} whose={whose} />}
        </div>
        {/* Once connected, the accounts matter more than what it is for. */}
        {connections.length === 0 ? (
          <>
            <p className="line-clamp-2 text-sm text-muted">{provider.summary}</p>
            <Unconnected provider={provider} whose={whose} />
          </>
        ) : (
          <ul className="space-y-2 border-t border-line pt-2.5">
            {connections.map((connection) => (
              <Account key={connection.id} provider={provider} connection={connection} />
            ))}
          </ul>
        )}
        {total > connections.length && (
          <Link
            to="/integrations/$id"
            params={{ id: provider.id }}
            className="relative mt-auto self-start text-sm text-accent underline underline-offset-2"
          >
            {integrationsTexts.more(total - connections.length)}
          </Link>
        )}
      </article>
    </li>
  )
})

function SandboxMark({ provider }: { provider: ProviderSummaryBody }) {
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

/** Not Configured, with what is missing, and the button of whoever can begin; the others are told whom to ask. */
function Unconnected({ provider, whose }: { provider: ProviderSummaryBody; whose: Whose }) {
  const connect = useConnect()
  const isAdmin = useMe().role === 'admin'
  const verifies = provider.primary_method === 'verified_access'
  const lacksClient = provider.mode === 'unconfigured' && !verifies
  const foreign = whose === 'organization' && !isAdmin
  return (
    <div className="relative mt-auto flex flex-wrap items-center justify-between gap-2">
      <StatusBadge status="not_configured" />
      {lacksClient ? (
        isAdmin ? (
          <Link
            to="/admin/setup/$id"
            params={{ id: provider.id }}
            aria-label={whoseTexts.setUpNamed(provider.name)}
            className={buttonClass({ size: 'small', look: 'quiet' })}
          >
            {whoseTexts.setUp}
          </Link>
        ) : (
          <span className="basis-full text-xs text-muted">{whoseTexts.noClientAsk}</span>
        )
      ) : foreign ? (
        <span className="basis-full text-xs text-muted">{whoseTexts.ask}</span>
      ) : (
        <Button
          size="small"
          aria-label={
            verifies
              ? integrationsTexts.verifyNamed(provider.name)
              : integrationsTexts.connectNamed(provider.name)
          }
          onClick={() => connect({ kind: 'connect', provider: provider.id, owner: ownerOf(whose) })}
        >
          {verifies ? integrationsTexts.verify : integrationsTexts.connect}
        </Button>
      )}
    </div>
  )
}

function Account({ provider, connection }: { provider: ProviderSummaryBody; connection: ConnectionBody }) {
  const disconnect = useDisconnect()
  const may = mayChange(useMe(), connection)
  const name = connection.label ?? connection.account.label
  const warned = connection.capabilities.filter(({ warning }) => warning)
  return (
    <li className="text-sm">
      <div className="flex items-center justify-between gap-2">
        <Link
          to="/connections/$id"
          params={{ id: connection.id }}
          title={`${name}. ${connectionTexts.ownedBy(connection.owner.name)}`}
          dir="auto"
          className="relative min-w-0 truncate rounded hover:underline"
        >
          {name}
        </Link>
        <span className="flex shrink-0 items-center gap-1">
          <ConnectionBadge connection={connection} />
          {may && (
            <button
              type="button"
              title={connectionTexts.disconnect}
              aria-label={integrationsTexts.disconnectNamed(name, provider.name)}
              onClick={() => disconnect({ provider, connection })}
              className="relative -me-1 grid size-7 place-items-center rounded-md text-muted hover:bg-sunken hover:text-bad pointer-coarse:size-10"
            >
              <Unplug aria-hidden className="size-4" />
            </button>
          )}
        </span>
      </div>
      {warned.map(({ id, warning }) => (
        <p key={id} className="mt-1.5 flex gap-1.5 text-xs text-muted">
          <TriangleAlert aria-hidden className="mt-px size-3.5 shrink-0 text-warn" />
          <span>{warning}</span>
        </p>
      ))}
      {needsAttention(connection) && (
        <div className="relative mt-1.5 space-y-2">
          <StatusReport connection={connection} className="text-xs" />
          <AdminSteps connection={connection} />
          <StatusAction providerName={provider.name} connection={connection} />
        </div>
      )}
    </li>
  )
}

function AddAccount({ provider, whose }: { provider: ProviderSummaryBody; whose: Whose }) {
  const connect = useConnect()
  const isAdmin = useMe().role === 'admin'
  if (provider.mode === 'unconfigured' || (whose === 'organization' && !isAdmin)) return null
  // Access is verified once a site; there is no second account to add.
  if (provider.primary_method === 'verified_access') return null
  return (
    <button
      type="button"
      title={integrationsTexts.add}
      aria-label={integrationsTexts.addNamed(provider.name)}
      onClick={() => connect({ kind: 'connect', provider: provider.id, owner: ownerOf(whose) })}
      className="relative -me-1 -mt-1 grid size-8 shrink-0 place-items-center rounded-md text-muted hover:bg-sunken hover:text-ink pointer-coarse:size-10"
    >
      <Plus aria-hidden className="size-4.5" />
    </button>
  )
}

function ownerOf(whose: Whose): 'me' | 'organization' {
  return whose === 'mine' ? 'me' : 'organization'
}
