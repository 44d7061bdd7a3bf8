import { CircleHelp } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { type HelpTopic, helpTexts } from '../texts/help.ts'
import { classes } from './classes.ts'

const load = () => import('./help-popover.tsx')
const HelpPopover = lazy(load)

// Not larger than the line it stands in; its reach is.
const look =
  'relative -my-1 inline-grid size-6 shrink-0 place-items-center rounded-full align-middle text-muted after:absolute after:-inset-1 hover:bg-sunken hover:text-ink data-[state=open]:bg-sunken data-[state=open]:text-ink'

/** A question mark beside what people ask about: the short answer, and the way to the whole one. */
export function Help({ topic, className }: { topic: HelpTopic; className?: string }) {
  const [wanted, setWanted] = useState(false)
  const button = (
    <button
      type="button"
      aria-label={helpTexts.about(helpTexts.topics[topic].title)}
      aria-haspopup="dialog"
      aria-expanded={false}
      onPointerEnter={() => void load()}
      onFocus={() => void load()}
      onClick={() => setWanted(true)}
      className={classes(look, className)}
    >
      <CircleHelp aria-hidden className="size-4" />
    </button>
  )
  if (!wanted) return button
  return (
    <Suspense fallback={button}>
      <HelpPopover topic={topic} className={classes(look, className)} />
    </Suspense>
  )
}
