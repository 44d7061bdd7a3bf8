import { classes } from './classes.ts'

/** Holds the place of something that is loading, at its size. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={classes('animate-pulse rounded-md bg-line/70', className)} />
}

/** Tells a screen reader that something loads; the skeletons around it are hidden from it. */
export function LoadingNote({ children }: { children: string }) {
  return (
    <p role="status" className="sr-only">
      {children}
    </p>
  )
}
