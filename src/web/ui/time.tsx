import { relativeTime } from './relative-time.ts'
import { useNow } from './now.tsx'

/** "5 minutes ago", with the exact time on hover and for machines. */
export function Time({ iso }: { iso: string }) {
  const now = useNow()
  const date = new Date(iso)
  return (
    <time dateTime={iso} title={date.toLocaleString(undefined, { dateStyle: 'long', timeStyle: 'medium' })}>
      {relativeTime({ from: date.getTime(), now, locale: document.documentElement.lang || 'en' })}
    </time>
  )
}
