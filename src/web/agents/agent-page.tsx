import { useQuery } from '@tanstack/react-query'
import { Link, getRouteApi } from '@tanstack/react-router'
import { Bot } from 'lucide-react'
import type { AgentDetailBody } from '../../http/wire.ts'
import { useHub, useMe } from '../api/hub-context.tsx'
import { problemOf } from '../api/http.ts'
import { RISKS } from '../search-params.ts'
import { agentTexts, agentsTexts, frameTexts } from '../texts.ts'
import { Breadcrumbs } from '../ui/breadcrumbs.tsx'
import { Button, buttonClass } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { Logo } from '../ui/logo.tsx'
import { Notice } from '../ui/notice.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { LoadingNote, Skeleton } from '../ui/skeleton.tsx'
import { Switch } from '../ui/switch.tsx'
import { useTitle } from '../ui/use-title.ts'
import { AccessRule } from './access-rule.tsx'
import { MendButton, useReopen } from './mend-button.tsx'
import { agentQuery, useSetSwitches } from './queries.ts'
import { StateBadge } from './state-badge.tsx'
import { ToolGroup } from './tool-group.tsx'

const route = getRouteApi('/frame/agents/$id')

/** One agent: its tools by risk, the switches, and who may use it. */
export function AgentPage() {
  const { id } = route.useParams()
  const { data, error, refetch } = useQuery(agentQuery(useHub(), id))
  useTitle(data?.name ?? agentsTexts.title)
  if (data) return <AgentView agent={data} />
  if (error && problemOf(error).status === 404)
    return (
      <EmptyState icon={Bot} heading="h1" title={agentsTexts.unknownTitle} detail={agentsTexts.unknown}>
        <Link to="/agents" className={buttonClass({ look: 'primary' })}>
          {agentsTexts.toAll}
        </Link>
      </EmptyState>
    )
  return error ? <ProblemNotice error={error} onRetry={() => void refetch()} /> : <PageSkeleton />
}

function AgentView({ agent }: { agent: AgentDetailBody }) {
  const isAdmin = useMe().role === 'admin'
  return (
    <>
      <Breadcrumbs above={[{ label: agentsTexts.title, to: '/agents' }]} here={agent.name} />
      <div className="mb-5 flex min-h-12 items-start gap-x-4">
        <Logo name={agent.name} src={agent.logo} size="large" />
        <div className="min-w-0 flex-1">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <h1 className="text-2xl font-semibold">{agent.name}</h1>
            <StateBadge state={agent.availability.state} />
          </div>
          <p className="text-muted">{agent.summary}</p>
        </div>
      </div>
      <div className="gap-6 lg:grid lg:grid-cols-[minmax(0,1fr)_20rem] lg:items-start">
        <div className="min-w-0 space-y-6">
          <Standing agent={agent} />
          <AllowAll agent={agent} />
          {RISKS.map((risk) => (
            <ToolGroup key={risk} agent={agent} risk={risk} />
          ))}
        </div>
        <div className="mt-6 space-y-4 lg:sticky lg:top-20 lg:mt-0">
          <Switches agent={agent} isAdmin={isAdmin} />
          {agent.access && <AccessRule agent={agent} access={agent.access} />}
          <Help />
        </div>
      </div>
    </>
  )
}

/** How it stands as a whole, and the step that mends it. */
function Standing({ agent }: { agent: AgentDetailBody }) {
  const { availability } = agent
  const { connection } = availability
  const isFine = availability.state === 'available'
  return (
    <Notice
      tone={agent.available === agent.total ? 'ok' : 'info'}
      title={agentsTexts.tools(agent.available, agent.total)}
    >
      <p>{availability.detail}</p>
      {(!isFine || connection) && (
        <p className="flex flex-wrap items-center gap-2 pt-1">
          {!isFine && (
            <MendButton
              agent={agent}
              availability={availability}
              administrators={agent.administrators}
              look="primary"
            />
          )}
          {connection && availability.mend?.action !== 'open_connection' && (
            <Link
              to="/connections/$id"
              params={{ id: connection.id }}
              className="text-accent underline underline-offset-2"
            >
              {agentTexts.mend.open_connection()}
            </Link>
          )}
        </p>
      )}
    </Notice>
  )
}

/** Several tools that lack permissions of one connection are mended together. */
function AllowAll({ agent }: { agent: AgentDetailBody }) {
  const reopen = useReopen()
  const lacking = agent.tools.filter(({ availability }) => availability.mend?.action === 'allow_more')
  const first = lacking[0]?.availability
  const id = first?.mend?.connection_id
  const together = lacking.filter(({ availability }) => availability.mend?.connection_id === id)
  if (!id || !first?.connection || together.length < 2) return null
  const scopes = [...new Set(together.flatMap(({ availability }) => availability.mend?.scopes ?? []))]
  return (
    <Notice tone="warn" title={agentTexts.allowAllTitle(together.length)}>
      <p>{agentTexts.allowAll(first.connection.label)}</p>
      <p className="pt-1">
        <Button
          size="small"
          look="primary"
          busy={reopen.isPending}
          onClick={() => reopen.mutate({ id, adding: scopes })}
        >
          {agentTexts.mend.allow_more(scopes.length)}
        </Button>
      </p>
    </Notice>
  )
}

function Switches({ agent, isAdmin }: { agent: AgentDetailBody; isAdmin: boolean }) {
  const set = useSetSwitches(agent.id)
  const { organization, me } = agent.on
  return (
    <section
      aria-label={agentTexts.switches}
      className="space-y-3.5 rounded-xl border border-line bg-surface p-4"
    >
      <h2 className="font-semibold">{agentTexts.switches}</h2>
      <div className="flex items-start justify-between gap-3">
        <div>
          <p className="text-sm font-medium">{agentTexts.forMe}</p>
          <p className="text-sm text-muted">{agentTexts.forMeHelp(agent.name)}</p>
        </div>
        <Switch
          checked={organization && me}
          disabled={!organization || set.isPending}
          label={agentTexts.toolForMe(agent.name)}
          onChange={(enabled) => set.mutate({ for: 'me', enabled: enabled ? null : false })}
        />
      </div>
      <div className="flex items-start justify-between gap-3">
        <div>
          <p className="text-sm font-medium">{agentTexts.forAll}</p>
          <p className="text-sm text-muted">
            {isAdmin ? agentTexts.forAllHelp(agent.name) : agentTexts.forAllReadOnly(organization)}
          </p>
        </div>
        {isAdmin && (
          <Switch
            checked={organization}
            disabled={set.isPending}
            label={agentTexts.toolForAll(agent.name)}
            onChange={(enabled) => set.mutate({ for: 'organization', enabled: enabled ? null : false })}
          />
        )}
      </div>
    </section>
  )
}

function Help() {
  return (
    <details className="rounded-xl border border-line bg-surface p-4 text-sm">
      <summary className="font-medium">{agentTexts.help}</summary>
      <ul className="mt-2 list-disc space-y-1.5 ps-5 text-muted">
        {agentTexts.helpSteps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ul>
    </details>
  )
}

function PageSkeleton() {
  return (
    <div>
      <LoadingNote>{frameTexts.loading}</LoadingNote>
      <Skeleton className="h-5 w-40" />
      <Skeleton className="mt-4 h-12 w-72" />
      <div className="mt-5 gap-6 lg:grid lg:grid-cols-[minmax(0,1fr)_20rem]">
        <div>
          <Skeleton className="h-20" />
          <Skeleton className="mt-6 h-80" />
        </div>
        <Skeleton className="h-44 max-lg:mt-6" />
      </div>
    </div>
  )
}
