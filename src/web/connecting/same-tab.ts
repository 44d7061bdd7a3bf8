/**
 * Authorizing in this tab, because no other could be opened or because the page is made for it. A mark in the tab's
 * sessionStorage survives the way through the provider; the result page reads it and leads back.
 */
const MARK = 'trunkline-same-tab'

/** `back` is the path of the page that began the attempt. */
export type SameTabMark = { attempt: string; back: string }

export function leaveInThisTab({
  url,
  mark,
  window,
}: {
  url: string
  mark: SameTabMark
  window: Window
}): void {
  try {
    window.sessionStorage.setItem(MARK, JSON.stringify(mark))
  } catch {
    // Storage is switched off: the result page then links to the dashboard instead.
  }
  window.location.assign(url)
}

/** The page that this tab left for `attempt`. A foreign or mangled mark leads nowhere. */
export function readSameTabMark({
  attempt,
  storage,
}: {
  attempt: string | null
  storage: Pick<Storage, 'getItem'>
}): string | null {
  try {
    const mark: unknown = JSON.parse(storage.getItem(MARK) ?? 'null')
    if (typeof mark !== 'object' || mark === null || !('attempt' in mark) || !('back' in mark)) return null
    const { back } = mark
    if (attempt === null || mark.attempt !== attempt) return null
    return typeof back === 'string' && /^\/(?![/\\])[\x21-\x7e]*$/.test(back) ? back : null
  } catch {
    return null
  }
}
