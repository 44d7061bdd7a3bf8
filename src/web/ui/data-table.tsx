import type { ReactNode } from 'react'
import { classes } from './classes.ts'

/** A table in a frame. On small screens its head is for screen readers alone; the rows show what they mean themselves. */
export function DataTable({
  label,
  columns,
  below = 'md',
  children,
}: {
  label: string
  /** Heads by column. That of `actions` is read, not seen. */
  columns: Readonly<Record<string, string>>
  /** The width below which rows become blocks: tables of many columns need more. */
  below?: 'md' | 'lg'
  children: ReactNode
}) {
  return (
    <div className="relative overflow-hidden rounded-xl border border-line bg-surface">
      <table aria-label={label} className="w-full text-sm">
        <thead
          className={classes(
            'border-b border-line text-muted',
            below === 'md' ? 'max-md:sr-only' : 'max-lg:sr-only',
          )}
        >
          <tr>
            {Object.entries(columns).map(([name, column]) => (
              <th key={name} scope="col" className="px-4 py-2.5 text-start font-medium">
                {name === 'actions' ? <span className="sr-only">{column}</span> : column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">{children}</tbody>
      </table>
    </div>
  )
}
