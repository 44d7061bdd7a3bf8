import { Check, Lock } from 'lucide-react'
import { type KeyboardEvent, type Ref, useImperativeHandle, useRef, useState } from 'react'
import type { ResourceBody, SelectionBody } from '../../http/wire.ts'
import { resourceTexts } from '../texts.ts'
import { Badge } from '../ui/badge.tsx'
import { classes } from '../ui/classes.ts'
import { rowsInView, scrollTo } from './window.ts'

/** Of every row: the list is as high as all of them, and draws those in view. */
const ROW = 48
const HEIGHT = 9 * ROW
const BESIDE = 6
/** So many rows before the end of what is loaded, more is asked for. */
const AHEAD = 40

/** A listbox: arrow keys move, space selects; thousands of rows cost no more than a few. */
export function ResourceList({
  id,
  ref,
  label,
  resources,
  total,
  selected,
  onToggle,
  onNearEnd,
}: {
  id: string
  ref: Ref<HTMLDivElement>
  label: string
  resources: ResourceBody[]
  total: number
  selected: ReadonlyMap<string, SelectionBody>
  onToggle: (resource: ResourceBody) => void
  onNearEnd: () => void
}) {
  const box = useRef<HTMLDivElement>(null)
  useImperativeHandle(ref, () => box.current as HTMLDivElement)
  const [scrollTop, setScrollTop] = useState(0)
  const [activeId, setActiveId] = useState<string | null>(null)
  const [focused, setFocused] = useState(false)
  const height = Math.min(HEIGHT, resources.length * ROW)
  const top = Math.min(scrollTop, Math.max(0, resources.length * ROW - height))
  const { first, last } = rowsInView({
    count: resources.length,
    rowHeight: ROW,
    scrollTop: top,
    height,
    beside: BESIDE,
  })
  // By id, so that it stays on its resource when the list changes around it.
  const at = resources.findIndex((resource) => resource.id === activeId)
  const active = at < 0 ? 0 : at
  const optionId = (row: number) => `${id}-${row}`

  const move = (row: number) => {
    const next = Math.max(0, Math.min(resources.length - 1, row))
    setActiveId(resources[next]?.id ?? null)
    const to = scrollTo({ row: next, rowHeight: ROW, scrollTop: box.current?.scrollTop ?? 0, height })
    // Drawn before the browser tells of the scrolling, so that the active row is there to be named.
    if (to !== undefined && box.current) {
      box.current.scrollTop = to
      setScrollTop(to)
    }
    if (next >= resources.length - AHEAD) onNearEnd()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.floor(height / ROW) - 1
    const rows: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: resources.length - 1,
    }
    const row = rows[event.key]
    const resource = resources[active]
    if (row !== undefined) move(row)
    else if ((event.key === ' ' || event.key === 'Enter') && resource) onToggle(resource)
    else return
    event.preventDefault()
  }
  return (
    <div
      ref={box}
      id={id}
      role="listbox"
      tabIndex={0}
      aria-label={label}
      aria-multiselectable
      aria-activedescendant={focused && resources.length > 0 ? optionId(active) : undefined}
      onKeyDown={onKeyDown}
      onFocus={() => {
        setFocused(true)
        move(active)
      }}
      onBlur={() => setFocused(false)}
      onScroll={(event) => {
        setScrollTop(event.currentTarget.scrollTop)
        if (last >= resources.length - AHEAD) onNearEnd()
      }}
      style={{ height }}
      className="overflow-y-auto overscroll-contain border-t border-line -outline-offset-2"
    >
      <div role="presentation" className="relative" style={{ height: resources.length * ROW }}>
        {resources.slice(first, last).map((resource, index) => {
          const row = first + index
          return (
            <Row
              key={resource.id}
              id={optionId(row)}
              resource={resource}
              top={row * ROW}
              position={row + 1}
              total={total}
              isSelected={selected.has(resource.id)}
              isActive={focused && row === active}
              onClick={() => {
                setActiveId(resource.id)
                onToggle(resource)
              }}
            />
          )
        })}
      </div>
    </div>
  )
}

function Row({
  id,
  resource,
  top,
  position,
  total,
  isSelected,
  isActive,
  onClick,
}: {
  id: string
  resource: ResourceBody
  top: number
  position: number
  total: number
  isSelected: boolean
  isActive: boolean
  onClick: () => void
}) {
  return (
    // The listbox has the focus and the keys; a row is clicked.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
    <div
      id={id}
      role="option"
      aria-selected={isSelected}
      aria-posinset={position}
      aria-setsize={total}
      onClick={onClick}
      style={{ top, height: ROW }}
      className={classes(
        'absolute inset-x-0 flex cursor-pointer items-center gap-3 border-b border-line px-4 select-none hover:bg-sunken',
        isActive && 'bg-sunken outline-2 -outline-offset-2 outline-accent',
      )}
    >
      <span
        aria-hidden
        className={classes(
          'grid size-5 shrink-0 place-items-center rounded border',
          isSelected ? 'border-accent bg-accent text-accent-ink' : 'border-edge',
        )}
      >
        {isSelected && <Check className="size-4" />}
      </span>
      <span className="min-w-0 flex-1 text-sm leading-5">
        <bdi className="block truncate">{resource.name}</bdi>
        {(resource.unreadable ?? resource.description) && (
          <span dir="auto" className="block truncate text-xs text-muted">
            {resource.unreadable ?? resource.description}
          </span>
        )}
      </span>
      <span className="flex shrink-0 items-center gap-1.5">
        {resource.gone_at !== null && <Badge tone="warn">{resourceTexts.gone}</Badge>}
        {resource.archived && <Badge tone="plain">{resourceTexts.archived}</Badge>}
        {resource.private && (
          <Badge tone="plain" icon={Lock}>
            {resourceTexts.private}
          </Badge>
        )}
      </span>
    </div>
  )
}
