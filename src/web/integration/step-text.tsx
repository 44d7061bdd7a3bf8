import { useMe } from '../api/hub-context.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { ExternalLink } from '../ui/external-link.tsx'
import { splitAddresses } from './split-addresses.ts'

/** A step of a set-up guide: addresses elsewhere open, those of this very hub are there to be copied. */
export function StepText({ text }: { text: string }) {
  const own = useMe().hub.public_url
  const isOwn = (address: string) => address === own || address.startsWith(`${own}/`)
  return splitAddresses(text).map(({ text: part, address }, index, parts) => {
    // An address to copy stands on a line of its own: the mark that followed it would begin the next.
    if (!address) return isOwn(parts[index - 1]?.text ?? '') ? part.replace(/^[.,;:]\s*/, '') : part
    if (!isOwn(part))
      return (
        <ExternalLink key={`${index} ${part}`} href={part}>
          {part}
        </ExternalLink>
      )
    return (
      <span key={`${index} ${part}`} className="my-1 flex flex-wrap items-center gap-2">
        <code dir="ltr" className="rounded bg-sunken px-1.5 py-0.5 text-xs break-all">
          {part}
        </code>
        <CopyButton value={part} what={part} />
      </span>
    )
  })
}
