import type { ReactNode } from 'react'
import { productName } from '../texts.ts'
import { Mark } from '../theme/mark.tsx'

/** One calm card in the middle: for whoever is not signed in. */
export function EntryCard({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="grid min-h-dvh grid-cols-[minmax(0,1fr)] place-items-center px-4 py-10">
      <div className="w-full max-w-md rounded-2xl border border-line bg-surface p-6 sm:p-8">
        <p className="mb-6 flex items-center gap-2.5 font-semibold">
          <Mark className="size-8" />
          {productName}
        </p>
        <h1 className="mb-4 text-2xl font-semibold">{title}</h1>
        {children}
      </div>
    </main>
  )
}
