import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { ChevronRight, TriangleAlert } from 'lucide-react'
import type { IntegrationSummaryBody } from '../../http/wire.ts'
import { useHub } from '../api/hub-context.tsx'
import { integrationsQuery } from '../api/queries.ts'
import { type Change, type SetupSearch, STATES } from '../search-params.ts'
import { frameTexts, setupListTexts } from '../texts.ts'
import { Badge } from '../ui/badge.tsx'
import { classes } from '../ui/classes.ts'
import { inputClass } from '../ui/form-field.tsx'
import { Logo } from '../ui/logo.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { LoadingNote, Skeleton } from '../ui/skeleton.tsx'
import { AdminPage } from './admin-page.tsx'
import { InstallationsPanel } from './installations-panel.tsx'
import { StateBadge } from './state-badge.tsx'

const route = getRouteApi('/frame/admin/setup')

/** Every provider with how far its set-up has come; what was begun and not finished comes first. */
export function SetupPage() {
  return (
    <AdminPage title={setupListTexts.title} intro={setupListTexts.intro}>
      <InstallationsPanel />
      <SetupList />
    </AdminPage>
  )
}

function SetupList() {
  const filter = route.useSearch()
  const navigate = useNavigate()
  const list = useQuery(integrationsQuery(useHub()))
  const change = (next: Change<SetupSearch>) => {
    const { q, state } = { ...filter, ...next }
    void navigate({
      to: '/admin/setup',
      search: { ...(q ? { q } : {}), ...(state ? { state } : {}) },
      replace: true,
      resetScroll: false,
    })
  }
  if (list.error && !list.data)
    return <ProblemNotice error={list.error} onRetry={() => void list.refetch()} />
  if (!list.data)
    return (
      <>
        <LoadingNote>{frameTexts.loading}</LoadingNote>
        <Skeleton className="h-96 rounded-xl" />
      </>
    )
  const words = (filter.q ?? '').trim().toLowerCase()
  const shown = list.data
    .filter(({ state }) => !filter.state || state === filter.state)
    .filter(({ name, provider, category }) =>
      [name, provider, category].some((text) => text.toLowerCase().includes(words)),
    )
    .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
  return (
    <>
      <search className="mb-4 grid gap-2 sm:grid-cols-[minmax(0,1fr)_12rem]">
        <input
          type="search"
          aria-label={setupListTexts.search}
          placeholder={setupListTexts.search}
          value={filter.q ?? ''}
          onChange={(event) => change({ q: event.target.value })}
          className={inputClass}
        />
        <select
          aria-label={setupListTexts.state}
          value={filter.state ?? ''}
          onChange={(event) => change({ state: STATES.find((state) => state === event.target.value) })}
          className={inputClass}
        >
          <option value="">{setupListTexts.all}</option>
          {STATES.map((state) => (
            <option key={state} value={state}>
              {setupListTexts.states[state]}
            </option>
          ))}
        </select>
      </search>
      <p role="status" className="mb-2 text-sm text-muted">
        {shown.length === 0 ? setupListTexts.none : setupListTexts.found(shown.length)}
      </p>
      {shown.length > 0 && (
        <ul className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-surface">
          {shown.map((integration) => (
            <Row key={integration.provider} integration={integration} />
          ))}
        </ul>
      )}
    </>
  )
}

const rank = ({ state, warnings }: IntegrationSummaryBody) =>
  state === 'half_set' ? 0 : warnings.length > 0 ? 1 : 2

function Row({ integration }: { integration: IntegrationSummaryBody }) {
  const { provider, name, logo, state, missing, warnings, declared } = integration
  return (
    <li>
      <Link
        to="/admin/setup/$id"
        params={{ id: provider }}
        className="flex flex-wrap items-center gap-x-3 gap-y-1.5 px-4 py-3 -outline-offset-2 hover:bg-sunken"
      >
        <Logo name={name} src={logo} />
        <span className="min-w-0 flex-1 basis-40">
          <span className="flex flex-wrap items-center gap-2 font-medium">
            <bdi>{name}</bdi>
            {declared && <Badge tone="plain">{setupListTexts.declared}</Badge>}
          </span>
          {state === 'half_set' && (
            <span className="block text-sm break-words text-muted">{setupListTexts.missing(missing)}</span>
          )}
          {warnings.map((warning) => (
            <span key={warning} className="flex gap-1.5 text-sm break-words text-muted">
              <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
              <span className="min-w-0">{warning}</span>
            </span>
          ))}
        </span>
        <StateBadge state={state} />
        <ChevronRight aria-hidden className={classes('size-4.5 text-muted rtl:-scale-x-100')} />
      </Link>
    </li>
  )
}
