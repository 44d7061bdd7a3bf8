import { useQuery } from '@tanstack/react-query'
import { Building2 } from 'lucide-react'
import { useHub } from '../api/hub-context.tsx'
import { myOrganizationsQuery } from '../people/queries.ts'
import { useSwitchOrganization } from '../profile/use-switch.ts'
import { userMenuTexts } from '../texts.ts'
import { MenuItem, MenuLabel, MenuSeparator } from '../ui/menu.tsx'

/** The person's other organizations; nothing where there is one. */
export function OrganizationSwitch() {
  const list = useQuery(myOrganizationsQuery(useHub()))
  const change = useSwitchOrganization()
  const others = list.data?.filter(({ current }) => !current) ?? []
  if (others.length === 0) return null
  return (
    <>
      <MenuLabel>{userMenuTexts.switchTitle}</MenuLabel>
      {others.map(({ id, name }) => (
        <MenuItem key={id} onSelect={() => change.mutate(id)}>
          <Building2 aria-hidden className="size-4.5 text-muted" />
          <bdi className="min-w-0 break-words">{name}</bdi>
        </MenuItem>
      ))}
      <MenuSeparator />
    </>
  )
}
