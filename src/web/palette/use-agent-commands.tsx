import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Bot } from 'lucide-react'
import { useMemo } from 'react'
import { agentsQuery } from '../agents/queries.ts'
import { useHub } from '../api/hub-context.tsx'
import { commandTexts } from '../texts.ts'
import type { Command, CommandSource } from './command.ts'
import { Glyph } from './glyph.tsx'

export const useAgentCommands: CommandSource = () => {
  const navigate = useNavigate()
  const { data } = useQuery(agentsQuery(useHub()))
  return useMemo(
    () =>
      (data ?? []).map(
        ({ id, name }): Command => ({
          id: `agent-${id}`,
          name,
          group: commandTexts.groups.agents,
          picture: <Glyph icon={Bot} />,
          typed: true,
          run: () => void navigate({ to: '/agents/$id', params: { id } }),
        }),
      ),
    [data, navigate],
  )
}
