import type { ReactNode } from 'react'

/** Something the palette leads to or does. */
export type Command = {
  /** Unique among all; letters, digits, `-`, `_` and `.`. */
  id: string
  name: string
  aliases?: readonly string[]
  /** Said beside the name. */
  group: string
  picture: ReactNode
  run: () => void
  /** Only found by typing; the others stand in the list that the palette opens with. */
  typed?: true
}

/** A hook, called while the palette is open. What it returns keeps its identity as long as nothing changed. */
export type CommandSource = () => readonly Command[]
