/** Which rows of a long list are drawn: those in view and some on either side. */
export type RowWindow = { first: number; last: number }

/** All heights in pixels; rows are of one height. `last` is exclusive. */
export function rowsInView(view: {
  count: number
  rowHeight: number
  scrollTop: number
  height: number
  beside: number
}): RowWindow {
  const { count, rowHeight, scrollTop, height, beside } = view
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - beside)
  const last = Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + beside)
  return { first: Math.min(first, count), last: Math.max(last, 0) }
}

/** Where to scroll so that the row is wholly in view; undefined: it is. */
export function scrollTo(view: {
  row: number
  rowHeight: number
  scrollTop: number
  height: number
}): number | undefined {
  const { row, rowHeight, scrollTop, height } = view
  const top = row * rowHeight
  if (top < scrollTop) return top
  return top + rowHeight > scrollTop + height ? top + rowHeight - height : undefined
}
