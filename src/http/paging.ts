/** Lists are read one row beyond the page; that row tells whether there is more. The cursor is the last id. */
export function pageOf<Row extends { id: string }, Item>(
  rows: readonly Row[],
  limit: number,
  present: (row: Row) => Item,
) {
  const page = rows.slice(0, limit)
  return {
    data: page.map((row) => present(row)),
    next_cursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
  }
}
