import { useState } from 'react'
import { classes } from './classes.ts'

type Props = { name: string; src: string | null; size?: 'small' | 'medium' | 'large' }
const SIZES = {
  small: 'size-6 rounded p-0.5 text-xs',
  medium: 'size-9 rounded-lg p-1.5 text-base',
  large: 'size-12 rounded-xl p-2 text-xl',
}

/** A provider's logo on a white tile (marks are drawn for white, in the dark theme too), or its first letter. */
export function Logo({ name, src, size = 'medium' }: Props) {
  const [broken, setBroken] = useState(false)
  if (!src || broken) {
    return (
      <span
        aria-hidden
        className={classes(
          'grid shrink-0 place-items-center border border-line bg-accent-tint font-semibold text-accent',
          SIZES[size],
        )}
      >
        {name.slice(0, 1).toUpperCase()}
      </span>
    )
  }
  return (
    <span className={classes('grid shrink-0 place-items-center border border-line bg-white', SIZES[size])}>
      {/* The name stands beside it everywhere. */}
      <img
        src={src}
        alt=""
        width="48"
        height="48"
        loading="lazy"
        className="size-full object-contain"
        onError={() => setBroken(true)}
      />
    </span>
  )
}
