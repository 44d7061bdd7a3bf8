import { Keyboard, Search } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import { createSearch } from '../integrations/search.ts'
import { commandTexts, paletteTexts } from '../texts.ts'
import { useFocusReturn } from '../ui/use-focus-return.ts'
import type { Command } from './command.ts'
import { Glyph } from './glyph.tsx'
import { COMMAND_SOURCES } from './sources.ts'

/** More would not be read; another letter finds them. */
const SHOWN = 60

/** Pages, integrations, connections and actions by name, from the keyboard. A combobox: the focus stays in the field. */
export default function Palette({ onClose, onShortcuts }: { onClose: () => void; onShortcuts: () => void }) {
  const onCloseAutoFocus = useFocusReturn()
  const commands = useCommands(onShortcuts)
  const search = useMemo(() => {
    const opening = commands.filter(({ typed }) => !typed)
    const find = createSearch(commands, ({ id, name, aliases = [], group }) => ({
      id,
      name,
      aliases: [...aliases],
      category: group,
      summary: '',
    }))
    return (words: string) => (words.trim() === '' ? opening : find(words)).slice(0, SHOWN)
  }, [commands])
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

  const open = (command: Command) => {
    onClose()
    command.run()
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
            {found.map((command) => (
              <div
                key={command.id}
                id={`go-${command.id}`}
                role="option"
                tabIndex={-1}
                aria-selected={command === chosen}
                onClick={() => open(command)}
                onKeyDown={undefined}
                onPointerMove={() => setActive(found.indexOf(command))}
                className="flex min-h-10 cursor-pointer items-center gap-3 rounded-md px-2.5 py-1.5 text-sm aria-selected:bg-accent-tint"
              >
                {command.picture}
                <bdi className="min-w-0 flex-1 truncate">{command.name}</bdi>
                <span className="max-w-[45%] truncate text-xs text-muted max-sm:hidden">{command.group}</span>
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

/** All sources in their order; their number never changes, so neither does the order of hooks. */
function useCommands(onShortcuts: () => void): readonly Command[] {
  const lists = COMMAND_SOURCES.map((useCommandsOf) => useCommandsOf())
  return useMemo(
    () => [
      ...lists.flat(),
      {
        id: 'shortcuts',
        name: commandTexts.shortcuts,
        group: commandTexts.groups.actions,
        picture: <Glyph icon={Keyboard} />,
        typed: true,
        run: onShortcuts,
      },
    ],
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- one entry a source
    [...lists, onShortcuts],
  )
}
