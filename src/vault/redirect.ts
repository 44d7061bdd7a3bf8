/** Operators who come from another product's guide repeat the redirect URI in a variable: it has to be the hub's own. */
import type { Integration } from './integrations.ts'
import type { Variables } from './variables.ts'

/** What is wrong, with its remedy; undefined: nothing, or the variable is not set. For set-up pages and `doctor`. */
export function judgeRedirectVariable(
  { provider, redirectUri }: Integration,
  { read }: Pick<Variables, 'read'>,
): string | undefined {
  const name = provider.env.redirect_uri
  const value = name && read(name)
  if (!value || value === redirectUri) return undefined
  return `${name} is ${value}, but this hub answers at ${redirectUri ?? 'no redirect URI'}. Register that one at ${provider.name}, and set ${name} to it or leave it out; if the host is wrong, set TRUNKLINE_PUBLIC_URL.`
}
