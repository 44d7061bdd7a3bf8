import { type ReactNode, useId } from 'react'

type Props = { title: string; children: ReactNode; aside?: ReactNode; heading?: 'h2' | 'h3' }

/** A titled panel of a page. */
export function Section({ title, children, aside, heading: Heading = 'h3' }: Props) {
  const id = useId()
  return (
    <section aria-labelledby={id} className="rounded-xl border border-line bg-surface p-4 sm:p-5">
      <div className="mb-3 flex flex-wrap items-center justify-between gap-2">
        <Heading id={id} className="font-semibold">
          {title}
        </Heading>
        {aside}
      </div>
      {children}
    </section>
  )
}
