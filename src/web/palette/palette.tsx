import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import {
  Blocks,
  BookOpen,
  FlaskConical,
  FolderKanban,
  KeyRound,
  LayoutGrid,
  Link2,
  LockKeyhole,
  type LucideIcon,
  Search,
  Stethoscope,
  Wrench,
} from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { useHub, useMe } from '../api/hub-context.tsx'
import { providersQuery } from '../api/queries.ts'
import { createSearch } from '../integrations/search.ts'
import { adminTexts, frameTexts, paletteTexts, projectsTexts } from '../texts.ts'
import { Logo } from '../ui/logo.tsx'
import { useFocusReturn } from '../ui/use-focus-return.ts'

type Place = {
  id: string
  name: string
  aliases: string[]
  category: string
  summary: string
  picture: ReactNode
  go: () => void
}

/** Every page and integration by name, from the keyboard. A combobox: the focus stays in the field. */
export default function Palette({ onClose }: { onClose: () => void }) {
  const onCloseAutoFocus = useFocusReturn()
  const places = usePlaces()
  const search = useMemo(() => createSearch(places, (place) => place), [places])
  const [words, setWords] = useState('')
  const [active, setActive] = useState(0)
  const found = search(words)
  const chosen = found[Math.min(active, found.length - 1)]
  const list = useRef<HTMLDivElement>(null)
  const chosenId = chosen && `go-${chosen.id}`
  useEffect(() => {
    if (chosenId)
      list.current?.querySelector(`#${CSS.escape(chosenId)}`)?.scrollIntoView({ block: 'nearest' })
  }, [chosenId])

  const open = (place: Place) => {
    onClose()
    place.go()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const last = found.length - 1
    const moves: Record<string, number> = {
      ArrowDown: active >= last ? 0 : active + 1,
      ArrowUp: active <= 0 ? last : Math.min(active, last) - 1,
    }
    const next = moves[event.key]
    if (next !== undefined) setActive(next)
    else if (event.key === 'Enter' && !event.nativeEvent.isComposing && chosen) open(chosen)
    else return
    event.preventDefault()
  }
  return (
    <Radix.Root open onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <div data-modal="open" className="fixed inset-0 z-40 bg-shade" />
        <Radix.Content
          aria-describedby={undefined}
          onCloseAutoFocus={onCloseAutoFocus}
          className="animate-rise fixed inset-x-3 top-[8vh] z-50 mx-auto flex max-h-[70dvh] max-w-xl flex-col overflow-hidden rounded-xl border border-line bg-surface shadow-2xl"
        >
          <Radix.Title className="sr-only">{paletteTexts.title}</Radix.Title>
          <div className="relative border-b border-line">
            <Search
              aria-hidden
              className="pointer-events-none absolute inset-y-0 start-4 my-auto size-5 text-muted"
            />
            <input
              role="combobox"
              aria-label={paletteTexts.input}
              aria-expanded
              aria-controls="palette-list"
              aria-activedescendant={chosenId}
              aria-autocomplete="list"
              autoComplete="off"
              spellCheck={false}
              placeholder={paletteTexts.input}
              value={words}
              onChange={(event) => {
                setWords(event.target.value)
                setActive(0)
              }}
              onKeyDown={onKeyDown}
              className="h-13 w-full bg-transparent ps-12 pe-4 outline-none"
            />
          </div>
          <div
            ref={list}
            id="palette-list"
            role="listbox"
            aria-label={paletteTexts.title}
            className="min-h-0 flex-1 overflow-y-auto p-1.5"
          >
            {found.map((place) => (
              <div
                key={place.id}
                id={`go-${place.id}`}
                role="option"
                tabIndex={-1}
                aria-selected={place === chosen}
                onClick={() => open(place)}
                onKeyDown={undefined}
                onPointerMove={() => setActive(found.indexOf(place))}
                className="flex min-h-10 cursor-pointer items-center gap-3 rounded-md px-2.5 py-1.5 text-sm aria-selected:bg-accent-tint"
              >
                {place.picture}
                <span className="min-w-0 flex-1 truncate">{place.name}</span>
                <span className="truncate text-xs text-muted max-sm:hidden">{place.category}</span>
              </div>
            ))}
          </div>
          {found.length === 0 && <p className="px-4 pb-4 text-sm text-muted">{paletteTexts.none}</p>}
          <p role="status" className="sr-only">
            {paletteTexts.results(found.length)}
          </p>
          <p className="border-t border-line px-4 py-2 text-xs text-muted max-sm:hidden">
            {paletteTexts.hint}
          </p>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

function usePlaces(): Place[] {
  const me = useMe()
  const navigate = useNavigate()
  const { data: providers } = useQuery(providersQuery(useHub()))
  return useMemo(() => {
    const page = (name: string, Icon: LucideIcon, go: () => void): Place => ({
      id: `page-${name.toLowerCase().replaceAll(' ', '-')}`,
      name,
      aliases: [],
      category: paletteTexts.pages,
      summary: '',
      picture: (
        <span className="grid size-6 shrink-0 place-items-center">
          <Icon aria-hidden className="size-4.5 text-muted" />
        </span>
      ),
      go,
    })
    const outside = (url: string) => () => void window.open(url, '_blank', 'noopener')
    const { sandbox_url } = me.hub
    return [
      page(frameTexts.integrations, LayoutGrid, () => void navigate({ to: '/' })),
      page(frameTexts.connections, Link2, () => void navigate({ to: '/connections' })),
      page(projectsTexts.title, FolderKanban, () => void navigate({ to: '/projects' })),
      ...(me.role === 'admin'
        ? [
            page(adminTexts.pages.setup, Wrench, () => void navigate({ to: '/admin/setup' })),
            page(adminTexts.pages.secrets, LockKeyhole, () => void navigate({ to: '/admin/secrets' })),
            page(adminTexts.pages.health, Stethoscope, () => void navigate({ to: '/admin/health' })),
            page(adminTexts.pages.providers, Blocks, () => void navigate({ to: '/admin/providers' })),
            page(frameTexts.apiKeys, KeyRound, () => void navigate({ to: '/admin/keys' })),
          ]
        : []),
      page(frameTexts.apiReference, BookOpen, outside('/docs/api')),
      ...(sandbox_url ? [page(frameTexts.sandbox, FlaskConical, outside(sandbox_url))] : []),
      ...(providers ?? []).map((provider) => ({
        ...provider,
        picture: <Logo name={provider.name} src={provider.logo} size="small" />,
        go: () => void navigate({ to: '/integrations/$id', params: { id: provider.id } }),
      })),
    ]
  }, [me, providers, navigate])
}
