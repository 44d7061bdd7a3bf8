/** Operators who come from another product's guide repeat the redirect URI in a variable: it has to be the hub's own. */
import type { Integration } from './integrations.ts'

/** What is wrong, with its remedy; undefined: nothing, or the variable is not set. For set-up pages and `doctor`. */
export function judgeRedirectVariable({
  provider,
  redirectUri,
  extra,
}: Pick<Integration, 'provider' | 'redirectUri' | 'extra'>): { what: string; remedy: string } | undefined {
  const name = provider.env.redirect_uri
  const value = name && extra[name]
  if (!value || value === redirectUri) return undefined
  return {
    what: `${name} is ${value}, but this hub answers at ${redirectUri ?? 'no redirect URI'}.`,
    remedy: `Register that one at ${provider.name}, and set ${name} to it or leave it out. If the host is wrong, set TRUNKLINE_PUBLIC_URL.`,
  }
}
