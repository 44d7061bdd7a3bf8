/**
 * The page that somebody was on when their session ended. Kept in this tab's storage and never in an address, so that
 * no link decides where a sign-in leads.
 */
const KEY = 'trunkline-next'

export function rememberPage(href: string): void {
  try {
    if (isOwnPage(href)) sessionStorage.setItem(KEY, href)
  } catch {
    // Storage is switched off: sign-in leads to the first page.
  }
}

export function takeNextPage(): string {
  try {
    const href = sessionStorage.getItem(KEY) ?? '/'
    sessionStorage.removeItem(KEY)
    return isOwnPage(href) ? href : '/'
  } catch {
    return '/'
  }
}

/** A path of this hub: one slash at its beginning, and nothing that a browser would read as another host. */
export function isOwnPage(href: string): boolean {
  if (!/^\/(?![/\\])/.test(href) || /[\\\s\p{C}]/u.test(href)) return false
  const base = 'https://hub.invalid'
  return URL.parse(href, base)?.origin === base
}
