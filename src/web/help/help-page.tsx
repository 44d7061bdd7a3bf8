import { Link, useLocation } from '@tanstack/react-router'
import { useEffect } from 'react'
import { helpTexts } from '../texts/help.ts'
import { ExternalLink } from '../ui/external-link.tsx'
import { useTitle } from '../ui/use-title.ts'
import { HELP_TOPICS } from './topics.ts'

/** Everything the question marks lead to, on one page that can be read through. */
export function HelpPage() {
  useTitle(helpTexts.title)
  const { hash } = useLocation()
  useEffect(() => {
    // The page's code may come after the router has looked for the heading.
    const heading = hash ? document.getElementById(hash) : null
    heading?.scrollIntoView({ block: 'start' })
    heading?.focus({ preventScroll: true })
  }, [hash])
  return (
    <div className="gap-10 lg:grid lg:grid-cols-[15rem_minmax(0,1fr)]">
      <nav aria-labelledby="topics" className="mb-6 self-start lg:sticky lg:top-20 lg:order-first">
        <h2 id="topics" className="mb-2 text-sm font-medium text-muted">
          {helpTexts.contents}
        </h2>
        <ul className="space-y-1.5 text-sm">
          {HELP_TOPICS.map(({ id, title }) => (
            <li key={id}>
              <Link to="/help" hash={id} className="text-accent underline underline-offset-2">
                {title}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <div className="order-first min-w-0 max-w-prose lg:order-none">
        <h1 className="text-2xl font-semibold">{helpTexts.title}</h1>
        <p className="mt-1 text-muted">{helpTexts.intro}</p>
        {HELP_TOPICS.map(({ id, title, short, body }) => (
          <section key={id} aria-labelledby={id} className="mt-8">
            <h2 id={id} tabIndex={-1} className="scroll-mt-20 text-lg font-semibold">
              {title}
            </h2>
            <p className="mt-1.5 font-medium">{short}</p>
            {body.map((paragraph) => (
              <p key={paragraph} className="mt-1.5">
                {paragraph}
              </p>
            ))}
          </section>
        ))}
        <p className="mt-8 text-sm text-muted">
          <ExternalLink href="/docs/api">{helpTexts.reference}</ExternalLink>
        </p>
      </div>
    </div>
  )
}
