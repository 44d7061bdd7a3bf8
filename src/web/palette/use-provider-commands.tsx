import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useHub } from '../api/hub-context.tsx'
import { providersQuery } from '../api/queries.ts'
import { useConnect } from '../connecting/connect-context.tsx'
import { commandTexts } from '../texts.ts'
import { Logo } from '../ui/logo.tsx'
import type { Command, CommandSource } from './command.ts'

/** Every integration, and connecting it. */
export const useProviderCommands: CommandSource = () => {
  const navigate = useNavigate()
  const connect = useConnect()
  const { data } = useQuery(providersQuery(useHub()))
  return useMemo(
    () =>
      (data ?? []).flatMap(({ id, name, aliases, category, logo, primary_method: method }): Command[] => {
        const picture = <Logo name={name} src={logo} size="small" />
        return [
          {
            id: `integration-${id}`,
            name,
            aliases,
            group: category,
            picture,
            run: () => void navigate({ to: '/integrations/$id', params: { id } }),
          },
          {
            id: `connect-${id}`,
            name: method === 'verified_access' ? commandTexts.verifyAccess(name) : commandTexts.connect(name),
            group: commandTexts.groups.actions,
            picture,
            typed: true,
            run: () => connect({ kind: 'connect', provider: id }),
          },
        ]
      }),
    [data, navigate, connect],
  )
}
