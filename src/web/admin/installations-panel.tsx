import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { UnassignedInstallationsBody } from '../../http/wire.ts'
import { installationsQuery } from '../api/governance.ts'
import { useHub, useMe } from '../api/hub-context.tsx'
import { installationTexts } from '../texts.ts'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { inputClass } from '../ui/form-field.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { Section } from '../ui/section.tsx'
import { Time } from '../ui/time.tsx'
import { useToasts } from '../ui/toasts.tsx'

type Installation = UnassignedInstallationsBody['data'][number]

/** Apps that were installed while nobody could tell whose they are; there only where there are any. */
export function InstallationsPanel() {
  const me = useMe()
  const { data } = useQuery({ ...installationsQuery(useHub()), enabled: me.scopes.includes('operator') })
  if (!data || data.data.length === 0) return null
  return (
    <div className="mb-5">
      <Section heading="h2" title={installationTexts.title}>
        <p className="mb-3 max-w-prose text-sm text-muted">{installationTexts.intro}</p>
        <ul className="divide-y divide-line">
          {data.data.map((installation) => (
            <Row
              key={`${installation.provider} ${installation.mode} ${installation.installation}`}
              installation={installation}
              organizations={data.organizations}
            />
          ))}
        </ul>
      </Section>
    </div>
  )
}

function Row({
  installation,
  organizations,
}: {
  installation: Installation
  organizations: UnassignedInstallationsBody['organizations']
}) {
  const hub = useHub()
  const client = useQueryClient()
  const { say } = useToasts()
  const [organization, setOrganization] = useState('')
  const { provider, mode, installation: id, ignored_at: ignored } = installation
  const place = { provider, mode, installation: id }
  const again = () => client.invalidateQueries({ queryKey: ['installations'] })
  const assign = useMutation({
    mutationFn: () => hub.assignInstallation(place, organization),
    onSuccess: async () => {
      await again()
      say({ tone: 'ok', text: installationTexts.assigned })
    },
  })
  const ignore = useMutation({
    mutationFn: () => hub.ignoreInstallation(place, ignored === null),
    onSuccess: again,
  })
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3 first:pt-0 last:pb-0">
      <div className="min-w-0 flex-1 basis-64 text-sm">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          {provider}
          {ignored && <Badge tone="plain">{installationTexts.ignored}</Badge>}
        </p>
        <p className="wrap-anywhere text-muted">
          <bdi>{Object.values(installation.parameters).join(' · ') || id}</bdi>
        </p>
        <p className="text-muted">
          {installationTexts.seen}: <Time iso={installation.seen_at} />
        </p>
      </div>
      <select
        aria-label={installationTexts.organization(id)}
        value={organization}
        onChange={(event) => setOrganization(event.target.value)}
        className={`${inputClass} sm:w-56`}
      >
        <option value="">{installationTexts.choose}</option>
        {organizations.map((one) => (
          <option key={one.id} value={one.id}>
            {one.name}
          </option>
        ))}
      </select>
      <div className="flex gap-2">
        <Button
          look="primary"
          disabled={organization === ''}
          busy={assign.isPending}
          onClick={() => assign.mutate()}
        >
          {installationTexts.assign}
        </Button>
        <Button busy={ignore.isPending} onClick={() => ignore.mutate()}>
          {ignored ? installationTexts.notice : installationTexts.ignore}
        </Button>
      </div>
      {(assign.error ?? ignore.error) && <ProblemNotice error={assign.error ?? ignore.error} />}
    </li>
  )
}
