/** What fills the braces of a declaration for one connection, and the headers that every call carries. */
import { bracesOf, fill, type Values } from '../catalog/fill.ts'
import { readOperatorValues } from '../catalog/parameters.ts'
import { HubError } from '../errors.ts'
import type { Integration } from './integrations.ts'

/** What is kept with the connection goes before what the operator set since it was made. */
export function fillingOf({ provider, settings }: Integration, stored: Values): Values {
  return { ...readOperatorValues(provider, settings.parameters), ...stored }
}

/**
 * The declared headers. One that needs a parameter which is not known is left out: the call that asks for the
 * tenant cannot name it yet.
 * @throws HubError `not_configured` naming the variable that one of them needs
 */
export function headersOf({ provider, extra }: Integration, filling: Values): Record<string, string> {
  const headers: Record<string, string> = { 'user-agent': 'Trunkline' }
  for (const [name, template] of Object.entries(provider.api.headers ?? {})) {
    const values = { ...extra, ...filling }
    const missing = bracesOf(template).filter((brace) => values[brace] === undefined)
    const variable = missing.find((brace) => Object.hasOwn(provider.env.extra ?? {}, brace))
    if (variable)
      throw new HubError(
        'not_configured',
        `${provider.name} needs ${variable} for every call (${provider.env.extra?.[variable]}). Set it; the set-up page shows where to get it.`,
      )
    if (missing.length === 0) headers[name.toLowerCase()] = fill(template, values)
  }
  return headers
}
