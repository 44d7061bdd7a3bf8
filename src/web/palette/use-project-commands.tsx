import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { FolderKanban } from 'lucide-react'
import { useMemo } from 'react'
import { useHub } from '../api/hub-context.tsx'
import { projectsQuery } from '../api/projects.ts'
import { commandTexts } from '../texts.ts'
import type { Command, CommandSource } from './command.ts'
import { Glyph } from './glyph.tsx'

/** The newest ones; the page of projects searches among all. */
export const useProjectCommands: CommandSource = () => {
  const navigate = useNavigate()
  const { data } = useInfiniteQuery(projectsQuery(useHub(), ''))
  return useMemo(
    () =>
      (data?.pages ?? [])
        .flatMap((page) => page.data)
        .map(
          ({ id, name }): Command => ({
            id: `project-${id}`,
            name,
            group: commandTexts.groups.projects,
            picture: <Glyph icon={FolderKanban} />,
            typed: true,
            run: () => void navigate({ to: '/projects/$id', params: { id } }),
          }),
        ),
    [data, navigate],
  )
}
