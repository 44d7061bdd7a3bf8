import { ExternalLink as Icon } from 'lucide-react'
import type { ReactNode } from 'react'
import { frameTexts } from '../texts/dashboard.ts'
import { classes } from './classes.ts'

export function ExternalLink({
  href,
  children,
  className,
}: {
  href: string
  children: ReactNode
  className?: string
}) {
  // An address from a declaration: only web pages are linked, whatever it holds.
  if (!/^(https?:\/\/|\/)/.test(href)) return <span className={className}>{children}</span>
  return (
    <a
      href={href}
      target="_blank"
      rel="noopener noreferrer"
      className={classes('text-accent underline underline-offset-2', className)}
    >
      {children}
      <Icon aria-hidden className="ms-1 inline size-3.5 align-[-0.125em]" />
      <span className="sr-only"> ({frameTexts.opensNewTab})</span>
    </a>
  )
}
