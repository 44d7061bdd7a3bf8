import type { ConnectPageBody, FieldBody, MethodBody, ProviderDetailBody } from '../../http/wire.ts'

/** What the connect form needs of a provider: the dashboard and the public connect page both have it. */
export type Connectable = ConnectPageBody['providers'][number] &
  Partial<Pick<ProviderDetailBody, 'scope_sets'>>

/** What the person chose and typed. */
export type Choice = {
  method: MethodBody['kind']
  fields: Record<string, string>
  owner: 'me' | 'organization'
  scopeSet: string | undefined
}

/** OAuth 2.0 needs a client of the operator's, and an app is installed at the provider; the others begin here. */
export function usableMethods(provider: Pick<Connectable, 'mode' | 'methods'>): MethodBody[] {
  return provider.methods.filter(
    ({ kind }) =>
      kind !== 'installed_app' &&
      ((kind !== 'oauth2' && kind !== 'fragment') || provider.mode !== 'unconfigured'),
  )
}

/** What the form asks for. A reconnected connection keeps its parameters; a method's field replaces one of its name. */
export function askedFields({
  provider,
  method,
  reconnecting,
}: {
  provider: Pick<Connectable, 'parameters'>
  method: MethodBody
  reconnecting: boolean
}): FieldBody[] {
  const parameters = reconnecting
    ? []
    : provider.parameters.filter(({ name }) => !method.fields.some((field) => field.name === name))
  return [...parameters, ...method.fields]
}

/** Names of required fields that are empty and have no default. */
export function missingFields({
  asked,
  fields,
}: {
  asked: readonly FieldBody[]
  fields: Record<string, string>
}): string[] {
  return asked
    .filter((field) => field.required && field.default === null && !fields[field.name]?.trim())
    .map((field) => field.name)
}

/** Only what was typed: an empty field lets the hub use its default. */
export function typedFields(fields: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value.trim() !== ''))
}

/** The hub's complaints by field: a path is the field's name, or ends with it (`fields.subdomain`). */
export function errorsByField(
  errors: readonly { path: string; message: string }[] | undefined,
): Record<string, string> {
  return Object.fromEntries(
    (errors ?? []).map(({ path, message }) => [path.split(/[./]/).at(-1) ?? path, message]),
  )
}
