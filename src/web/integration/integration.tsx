import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { FlaskConical, Plus } from 'lucide-react'
import { Tabs } from 'radix-ui'
import type { ProviderDetailBody } from '../../http/wire.ts'
import { AsAgent } from '../agents/as-agent.tsx'
import { useHub } from '../api/hub-context.tsx'
import { connectionsQuery } from '../api/queries.ts'
import { useConnect } from '../connecting/connect-context.tsx'
import { usableMethods } from '../connecting/connectable.ts'
import { TABS, type Tab } from '../search-params.ts'
import { integrationTexts, integrationsTexts } from '../texts.ts'
import { Badge } from '../ui/badge.tsx'
import { Breadcrumbs } from '../ui/breadcrumbs.tsx'
import { Button } from '../ui/button.tsx'
import { Logo } from '../ui/logo.tsx'
import { ConnectionsTab } from './connections-tab.tsx'
import { PermissionsTab } from './permissions-tab.tsx'
import { SetupTab } from './setup-tab.tsx'

type Props = { provider: ProviderDetailBody; tab: Tab | undefined; connectionId: string | undefined }

export function Integration({ provider, tab = 'connections', connectionId }: Props) {
  const navigate = useNavigate()
  const choose = (next: string) => {
    const chosen = TABS.find((name) => name === next)
    const search = chosen === undefined || chosen === 'connections' ? {} : { tab: chosen }
    // Going back leaves the page, not the tab.
    const options = { search, replace: true, resetScroll: false }
    if (connectionId) void navigate({ to: '/connections/$id', params: { id: connectionId }, ...options })
    else void navigate({ to: '/integrations/$id', params: { id: provider.id }, ...options })
  }
  return (
    <>
      <Breadcrumbs above={[{ label: integrationsTexts.title, to: '/' }]} here={provider.name} />
      <Heading provider={provider} />
      <AsAgent provider={provider.id} />
      <Tabs.Root value={tab} onValueChange={choose} activationMode="manual">
        <Tabs.List aria-label={provider.name} className="mb-5 flex overflow-x-auto border-b border-line">
          {TABS.map((name) => (
            <Tabs.Trigger
              key={name}
              value={name}
              className="-mb-px h-11 shrink-0 border-b-2 border-transparent px-1.5 sm:px-3.5 text-sm whitespace-nowrap text-muted -outline-offset-2 hover:text-ink data-[state=active]:border-accent data-[state=active]:font-medium data-[state=active]:text-ink"
            >
              {integrationTexts.tabs[name]}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        <Tabs.Content value="connections">
          <ConnectionsTab provider={provider} connectionId={connectionId} onSetup={() => choose('setup')} />
        </Tabs.Content>
        <Tabs.Content value="permissions">
          <PermissionsTab provider={provider} />
        </Tabs.Content>
        <Tabs.Content value="setup">
          <SetupTab provider={provider} />
        </Tabs.Content>
      </Tabs.Root>
    </>
  )
}

function Heading({ provider }: { provider: ProviderDetailBody }) {
  const connect = useConnect()
  const { data } = useInfiniteQuery(connectionsQuery(useHub(), { provider: provider.id }))
  // Before the first account the page itself asks to connect one.
  const addable =
    usableMethods(provider).length > 0 &&
    provider.owners.length > 0 &&
    data?.pages.some((page) => page.data.length > 0)
  return (
    <div className="mb-5 flex min-h-12 flex-wrap items-start gap-x-4 gap-y-3">
      <Logo name={provider.name} src={provider.logo} size="large" />
      <div className="min-w-0 flex-1 basis-60">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h1 className="text-2xl font-semibold">{provider.name}</h1>
          {provider.mode === 'sandbox' && (
            <Badge tone="accent" icon={FlaskConical} title={integrationsTexts.sandboxHelp}>
              {integrationTexts.sandboxNote}
            </Badge>
          )}
        </div>
        <p className="text-muted">
          {provider.category} · {provider.summary}
        </p>
      </div>
      {addable && (
        <Button look="primary" onClick={() => connect({ kind: 'connect', provider: provider.id })}>
          <Plus aria-hidden className="size-4.5" />
          {integrationTexts.another}
        </Button>
      )}
    </div>
  )
}
