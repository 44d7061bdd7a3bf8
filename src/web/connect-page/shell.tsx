import type { ReactNode } from 'react'
import { shellTexts } from '../texts/connect.ts'
import { Mark } from '../theme/mark.tsx'

/** One quiet panel in the middle of the page. */
export function Shell({ children }: { children: ReactNode }) {
  return (
    <main className="mx-auto grid min-h-dvh w-full max-w-lg content-start px-3 sm:content-center py-6 sm:px-4">
      <div className="rounded-2xl border border-line bg-surface p-5 sm:p-7">{children}</div>
      <p className="mt-4 flex items-center justify-center gap-2 text-sm text-muted">
        <Mark className="size-5" />
        {shellTexts.product}
      </p>
      <p className="mt-1 flex items-center justify-center gap-4 text-sm text-muted">
        <a className="rounded underline underline-offset-2" href="/privacy">
          {shellTexts.privacy}
        </a>
        <a className="rounded underline underline-offset-2" href="/terms">
          {shellTexts.terms}
        </a>
      </p>
    </main>
  )
}
