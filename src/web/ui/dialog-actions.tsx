import type { ReactNode } from 'react'

/**
 * The row of buttons that ends a dialog or a form; the main one comes last, and on top on small screens. In a dialog
 * it stays in view while the rest scrolls.
 */
export function DialogActions({ children }: { children: ReactNode }) {
  return (
    <div className="mt-5 flex flex-col-reverse gap-2 in-[[role=dialog]]:sticky in-[[role=dialog]]:-bottom-4 in-[[role=dialog]]:-mx-4 in-[[role=dialog]]:-mb-4 in-[[role=dialog]]:border-t in-[[role=dialog]]:border-line in-[[role=dialog]]:bg-surface in-[[role=dialog]]:px-4 in-[[role=dialog]]:py-3 sm:flex-row sm:flex-wrap sm:items-center sm:justify-end sm:in-[[role=dialog]]:-mx-5 sm:in-[[role=dialog]]:px-5">
      {children}
    </div>
  )
}
