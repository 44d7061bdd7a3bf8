import { useNavigate } from '@tanstack/react-router'
import { BookOpen, FlaskConical } from 'lucide-react'
import { useMemo } from 'react'
import { useMe } from '../api/hub-context.tsx'
import { ADMIN_PAGES, FURTHER_PAGES, MAIN_PAGES, pagesFor } from '../frame/pages.ts'
import { HELP_TOPICS } from '../help/topics.ts'
import { commandTexts, frameTexts } from '../texts.ts'
import type { Command, CommandSource } from './command.ts'
import { Glyph } from './glyph.tsx'

export const usePageCommands: CommandSource = () => {
  const me = useMe()
  const navigate = useNavigate()
  return useMemo(() => {
    const seen = new Set<string>()
    // The pages of Admin by their own names; Admin itself is the first of them.
    const pages = [...pagesFor(me, ADMIN_PAGES), ...pagesFor(me, MAIN_PAGES), ...pagesFor(me, FURTHER_PAGES)]
      .filter(({ to }) => !seen.has(to) && seen.add(to))
      .sort((a, b) => Number(a.to.startsWith('/admin')) - Number(b.to.startsWith('/admin')))
      .map(
        ({ to, label, icon }): Command => ({
          id: `page${to.replaceAll('/', '-')}`,
          name: label,
          group: commandTexts.groups.pages,
          picture: <Glyph icon={icon} />,
          run: () => void navigate({ to }),
        }),
      )
    const outside = (id: string, name: string, icon: typeof BookOpen, url: string): Command => ({
      id,
      name,
      group: commandTexts.groups.pages,
      picture: <Glyph icon={icon} />,
      run: () => void window.open(url, '_blank', 'noopener'),
    })
    const topics = HELP_TOPICS.map(
      ({ id, title }): Command => ({
        id: `help-${id}`,
        name: title,
        group: commandTexts.groups.help,
        picture: <Glyph icon={BookOpen} />,
        typed: true,
        run: () => void navigate({ to: '/help', hash: id }),
      }),
    )
    const { sandbox_url } = me.hub
    return [
      ...pages,
      outside('api-reference', frameTexts.apiReference, BookOpen, '/docs/api'),
      ...(sandbox_url ? [outside('sandbox', frameTexts.sandbox, FlaskConical, sandbox_url)] : []),
      ...topics,
    ]
  }, [me, navigate])
}
