import { ExternalLink } from 'lucide-react'
import { connectTexts } from '../texts/connect.ts'
import { buttonClass } from '../ui/button.tsx'

/** The way to the provider where the browser opened no tab by itself: a link that is clicked is never blocked. */
export function OpenTab({ url, onOpened }: { url: string; onOpened: () => void }) {
  return (
    <a
      href={url}
      target="_blank"
      rel="noopener"
      onClick={onOpened}
      className={buttonClass({ look: 'primary' })}
    >
      {connectTexts.openTab}
      <ExternalLink aria-hidden className="size-4" />
    </a>
  )
}
