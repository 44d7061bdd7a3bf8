import { Link } from '@tanstack/react-router'
import { CircleHelp } from 'lucide-react'
import { Popover } from 'radix-ui'
import { type HelpTopic, helpTexts } from '../texts/help.ts'

/** Takes the place of the question mark that was pressed, and is open at first. */
export default function HelpPopover({ topic, className }: { topic: HelpTopic; className: string }) {
  const { title, short } = helpTexts.topics[topic]
  return (
    <Popover.Root defaultOpen>
      <Popover.Trigger aria-label={helpTexts.about(title)} className={className}>
        <CircleHelp aria-hidden className="size-4" />
      </Popover.Trigger>
      {/* Not moved to the end of the page: there it would stand outside of every landmark. */}
      <Popover.Content
        aria-label={title}
        sideOffset={6}
        collisionPadding={8}
        className="animate-rise z-40 w-72 max-w-[calc(100vw-1rem)] rounded-lg border border-line bg-surface p-3.5 text-sm font-normal whitespace-normal text-ink shadow-xl"
      >
        <p className="font-semibold">{title}</p>
        <p className="mt-1 text-muted">{short}</p>
        <Link to="/help" hash={topic} className="mt-2 inline-block text-accent underline underline-offset-2">
          {helpTexts.more}
        </Link>
      </Popover.Content>
    </Popover.Root>
  )
}
