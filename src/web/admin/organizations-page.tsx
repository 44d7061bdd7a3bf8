import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import type { OrganizationBody } from '../../http/wire.ts'
import { useHub, useMe } from '../api/hub-context.tsx'
import { keys } from '../api/queries.ts'
import { organizationQuery, organizationsQuery, signInOptionsQuery } from '../people/queries.ts'
import { organizationsTexts } from '../texts.ts'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { DataTable } from '../ui/data-table.tsx'
import { FormField, inputClass } from '../ui/form-field.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { Section } from '../ui/section.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { Switch } from '../ui/switch.tsx'
import { Time } from '../ui/time.tsx'
import { useToasts } from '../ui/toasts.tsx'
import { AdminPage } from './admin-page.tsx'
import { CreateOrganizationDialog } from './create-organization-dialog.tsx'

/** One's own organization, and for whoever runs the hub all of them. */
export function OrganizationsPage() {
  const isOperator = useMe().scopes.includes('operator')
  const [creating, setCreating] = useState(false)
  return (
    <AdminPage
      title={organizationsTexts.title}
      intro={organizationsTexts.intro}
      actions={
        isOperator && (
          <Button look="primary" onClick={() => setCreating(true)}>
            <Plus aria-hidden className="size-4.5" />
            {organizationsTexts.create}
          </Button>
        )
      }
    >
      <div className="space-y-5">
        <Own />
        {isOperator && <All />}
      </div>
      {creating && <CreateOrganizationDialog onClose={() => setCreating(false)} />}
    </AdminPage>
  )
}

function Own() {
  const own = useQuery(organizationQuery(useHub()))
  if (own.error) return <ProblemNotice error={own.error} onRetry={() => void own.refetch()} />
  if (!own.data) return <Skeleton className="h-52 rounded-xl" />
  return <OwnForm key={own.data.id} organization={own.data} />
}

function OwnForm({ organization }: { organization: OrganizationBody }) {
  const hub = useHub()
  const client = useQueryClient()
  const { say } = useToasts()
  const options = useQuery(signInOptionsQuery(hub))
  const [name, setName] = useState(organization.name)
  const change = useMutation({
    mutationFn: hub.updateOrganization,
    onSuccess: async () => {
      await Promise.all([
        client.invalidateQueries({ queryKey: keys.people }),
        client.invalidateQueries({ queryKey: keys.me }),
      ])
      say({ tone: 'ok', text: organizationsTexts.saved })
    },
  })
  const isChanged = name.trim() !== '' && name.trim() !== organization.name
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isChanged && !change.isPending) change.mutate({ name: name.trim() })
  }
  const hasSso = Boolean(options.data?.single_sign_on)
  return (
    <Section title={organizationsTexts.own} heading="h2">
      <form onSubmit={submit} className="flex max-w-xl flex-wrap items-end gap-2">
        <div className="min-w-56 flex-1">
          <FormField label={organizationsTexts.name}>
            {(control) => (
              <input
                {...control}
                dir="auto"
                maxLength={100}
                autoComplete="off"
                value={name}
                onChange={(event) => setName(event.target.value)}
                className={inputClass}
              />
            )}
          </FormField>
        </div>
        {isChanged && (
          <Button type="submit" look="primary" busy={change.isPending}>
            {organizationsTexts.save}
          </Button>
        )}
      </form>
      <div className="mt-5 flex max-w-xl items-start justify-between gap-4">
        <div>
          <p className="text-sm font-medium">{organizationsTexts.sso}</p>
          <p id="sso-help" className="text-sm text-muted">
            {hasSso ? organizationsTexts.ssoHelp : organizationsTexts.ssoNone}
          </p>
        </div>
        <Switch
          label={organizationsTexts.sso}
          describedBy="sso-help"
          checked={organization.requires_single_sign_on}
          disabled={!hasSso && !organization.requires_single_sign_on}
          onChange={(requires_single_sign_on) => change.mutate({ requires_single_sign_on })}
        />
      </div>
      {change.error && (
        <div className="mt-4">
          <ProblemNotice error={change.error} />
        </div>
      )}
    </Section>
  )
}

const cell = 'px-4 py-2.5 max-md:px-0 max-md:py-0'

function All() {
  const list = useQuery(organizationsQuery(useHub()))
  const { columns } = organizationsTexts
  return (
    <section aria-labelledby="all-organizations">
      <h2 id="all-organizations" className="mb-3 font-semibold">
        {organizationsTexts.all}
      </h2>
      {list.data ? (
        <DataTable label={organizationsTexts.table} columns={columns}>
          {list.data.map((organization) => (
            <tr key={organization.id} className="max-md:block max-md:space-y-1 max-md:px-4 max-md:py-3">
              <th scope="row" className={`${cell} text-start font-medium max-md:block`}>
                <span className="flex flex-wrap items-center gap-2">
                  <bdi className="break-words">{organization.name}</bdi>
                  {organization.runs_hub && <Badge tone="accent">{organizationsTexts.runsHub}</Badge>}
                  {organization.requires_single_sign_on && (
                    <Badge tone="plain">{organizationsTexts.ssoBadge}</Badge>
                  )}
                </span>
              </th>
              <td className={`${cell} text-muted max-md:block`}>
                <Small label={columns.people} />
                {organization.people}
              </td>
              <td className={`${cell} text-muted max-md:block`}>
                <Small label={columns.connections} />
                {organization.connections}
              </td>
              <td className={`${cell} text-muted max-md:block`}>
                <Small label={columns.created} />
                <Time iso={organization.created_at} />
              </td>
            </tr>
          ))}
        </DataTable>
      ) : list.error ? (
        <ProblemNotice error={list.error} onRetry={() => void list.refetch()} />
      ) : (
        <Skeleton className="h-40 rounded-xl" />
      )}
    </section>
  )
}

function Small({ label }: { label: string }) {
  return (
    <span aria-hidden className="md:hidden">
      {label}:{' '}
    </span>
  )
}
