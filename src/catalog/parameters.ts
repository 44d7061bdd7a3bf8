/**
 * The parameters of a connection and where their values come from: typed by the person, set by the operator, told by
 * the provider, derived from another. Whatever the source, a value is normalised and held to its pattern. No I/O.
 */
import { HubError } from '../errors.ts'
import { at, type Json, type Parameter, type Provider } from './define.ts'
import type { Values } from './fill.ts'

/** Parameters that a form asks for. */
export function askedParameters(provider: Provider): Parameter[] {
  return (provider.parameters ?? []).filter(({ asked }) => asked === undefined)
}

/**
 * Reads what a person typed: normalised, defaulted, checked. Facts that a declaration derives from a value come
 * back beside the values.
 * @throws HubError `field_invalid` naming every field that is wrong
 */
export function readFields(
  fields: readonly Parameter[],
  typed: Values,
): { values: Record<string, string>; derived: Record<string, string> } {
  const errors: { path: string; message: string }[] = []
  const values: Record<string, string> = {}
  const derived: Record<string, string> = {}
  for (const name of Object.keys(typed)) {
    if (!fields.some((field) => field.name === name))
      errors.push({ path: name, message: 'is not a field of this form' })
  }
  for (const field of fields) {
    const raw = (typed[field.name] ?? '').trim() || field.default || ''
    if (!raw) {
      if (field.required)
        errors.push({ path: field.name, message: `${field.label} is required, for example ${field.example}` })
      continue
    }
    const value = acceptValue(field, raw)
    if (value === undefined) {
      errors.push({ path: field.name, message: mismatchOf(field) })
      continue
    }
    values[field.name] = value
    Object.assign(derived, field.derive?.(value))
  }
  if (errors.length > 0) {
    throw new HubError('field_invalid', errors.map(({ message }) => message).join(' '), { errors })
  }
  return { values, derived }
}

/**
 * What a connection has before anybody typed or told anything: defaults of what the provider tells later.
 * Without them no brace of an authorization endpoint could be filled.
 */
export function readDefaults(provider: Provider): Record<string, string> {
  const values: Record<string, string> = {}
  for (const parameter of provider.parameters ?? []) {
    if (parameter.asked !== false || parameter.default === undefined) continue
    values[parameter.name] = parameter.default
    Object.assign(values, parameter.derive?.(parameter.default))
  }
  return values
}

/**
 * What the operator set for the integration, with what follows from it.
 * @throws HubError `not_configured` where a value is missing or has the wrong form
 */
export function readOperatorValues(provider: Provider, set: Values): Record<string, string> {
  const values: Record<string, string> = {}
  for (const parameter of provider.parameters ?? []) {
    if (parameter.asked !== 'operator') continue
    const raw = set[parameter.name]?.trim() || parameter.default
    if (!raw) {
      if (!parameter.required) continue
      throw new HubError(
        'not_configured',
        `${provider.name} needs "${parameter.label}" first (for example ${parameter.example}). Whoever runs the hub sets it on the integration's set-up page.`,
      )
    }
    const value = acceptValue(parameter, raw)
    if (value === undefined)
      throw new HubError(
        'not_configured',
        `"${parameter.label}" of ${provider.name} is set to something that cannot be used. ${mismatchOf(parameter)}`,
      )
    values[parameter.name] = value
    Object.assign(values, parameter.derive?.(value))
  }
  return values
}

/**
 * Of the operator's values those that decide where a credential travels. A connection keeps the ones it was made
 * with: a token of one server must not be sent to the next. The others (an API version) follow the operator.
 */
export function boundValues(provider: Provider, values: Values): Record<string, string> {
  const bound = (provider.parameters ?? []).flatMap((parameter) => {
    const value = parameter.asked === 'operator' ? values[parameter.name] : undefined
    if (value === undefined) return []
    const names = [parameter.name, ...Object.keys(parameter.derive?.(value) ?? {})]
    return names.some((name) => provider.hosts.some((host) => host.includes(`{${name}}`))) ? names : []
  })
  return Object.fromEntries(
    bound.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])),
  )
}

/** Reads what the provider told; `wrong` names what does not have its parameter's form and must not be used. */
export function readTold(
  provider: Provider,
  told: Values,
): { values: Record<string, string>; wrong: string[] } {
  const values: Record<string, string> = {}
  const wrong: string[] = []
  for (const [name, raw] of Object.entries(told)) {
    const parameter = provider.parameters?.find((candidate) => candidate.name === name)
    const value = parameter ? acceptValue(parameter, raw) : raw
    if (value === undefined) {
      wrong.push(name)
      continue
    }
    values[name] = value
    Object.assign(values, parameter?.derive?.(value))
  }
  return { values, wrong: [...wrong, ...mismatches(provider, values)] }
}

/** Names of the parameters whose value does not have the declared form, however it came about. */
export function mismatches(provider: Provider, values: Values): string[] {
  return (provider.parameters ?? []).flatMap((parameter) => {
    const value = values[parameter.name]
    return value === undefined || fits(parameter, value) ? [] : [parameter.name]
  })
}

/** Picks the declared parameters out of where a provider tells them: `query.realmId`, `token.instance_url`. */
export function pickTold(
  sources: Values | undefined,
  from: { query: URLSearchParams } | { token: Json },
): Record<string, string> {
  const told: Record<string, string> = {}
  for (const [name, source] of Object.entries(sources ?? {})) {
    const cut = source.indexOf('.')
    const [place, path] = [source.slice(0, cut), source.slice(cut + 1)]
    const value =
      place === 'query' && 'query' in from
        ? from.query.get(path)
        : place === 'token' && 'token' in from
          ? at(from.token, path)
          : undefined
    if (typeof value === 'string' || typeof value === 'number') told[name] = String(value)
  }
  return told
}

/** The value as its pattern expects it; undefined: it is none that may be used. */
function acceptValue(parameter: Parameter, raw: string): string | undefined {
  const value = parameter.normalise ? parameter.normalise(raw) : raw
  return fits(parameter, value) ? value : undefined
}

function fits({ pattern, options }: Parameter, value: string): boolean {
  return (
    new RegExp(pattern, 'u').test(value) && (!options || options.some((option) => option.value === value))
  )
}

function mismatchOf({ mismatch, options, label, example }: Parameter): string {
  if (mismatch) return mismatch
  if (options) return `${label} is one of: ${options.map((option) => option.label).join(', ')}.`
  return `${label} looks like ${example}`
}
