import { useQuery } from '@tanstack/react-query'
import { useHub } from '../api/hub-context.tsx'
import { myOrganizationsQuery } from '../people/queries.ts'
import { peopleTexts, profileTexts } from '../texts.ts'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { Section } from '../ui/section.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { useSwitchOrganization } from './use-switch.ts'

export function OrganizationsPart() {
  const list = useQuery(myOrganizationsQuery(useHub()))
  const change = useSwitchOrganization()
  return (
    <Section title={profileTexts.organizations} heading="h2">
      {list.data ? (
        <ul className="divide-y divide-line">
          {list.data.map(({ id, name, role, current }) => (
            <li key={id} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2">
              <bdi className="min-w-0 flex-1 break-words">{name}</bdi>
              <span className="text-sm text-muted">{peopleTexts.roleNames[role]}</span>
              {current ? (
                <Badge tone="accent">{profileTexts.current}</Badge>
              ) : (
                <Button
                  size="small"
                  aria-label={profileTexts.switchNamed(name)}
                  busy={change.isPending && change.variables === id}
                  onClick={() => change.mutate(id)}
                >
                  {profileTexts.switchTo}
                </Button>
              )}
            </li>
          ))}
        </ul>
      ) : list.error ? (
        <ProblemNotice error={list.error} onRetry={() => void list.refetch()} />
      ) : (
        <Skeleton className="h-10" />
      )}
      {change.error && <ProblemNotice error={change.error} />}
    </Section>
  )
}
