/** A tool's JSON Schema in words. */

export type InputRow = {
  /** Dotted where it lies inside another: `fields.summary`. */
  name: string
  kind: string
  description: string
  required: boolean
  limits: string[]
}

type Schema = {
  type?: string
  description?: string
  enum?: (string | number)[]
  default?: unknown
  format?: string
  minimum?: number
  maximum?: number
  maxLength?: number
  maxItems?: number
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
}

const FORMATS: Record<string, string> = {
  date: 'day',
  'date-time': 'time',
  email: 'e-mail address',
  uri: 'address',
}
const KINDS: Record<string, string> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'yes or no',
  object: 'object',
}
/** Lengths beyond this say no more than "text". */
const TELLING_LENGTH = 1000

/** Required ones first; what lies inside an object follows it. */
export function describeInput(schema: Record<string, unknown>): InputRow[] {
  return rowsOf(schema, '')
}

function rowsOf(schema: Schema, prefix: string): InputRow[] {
  const required = new Set(schema.required)
  const entries = Object.entries(schema.properties ?? {})
  const ordered = [
    ...entries.filter(([name]) => required.has(name)),
    ...entries.filter(([name]) => !required.has(name)),
  ]
  return ordered.flatMap(([name, property]) => {
    const inner = property.type === 'array' ? (property.items ?? {}) : property
    const path = prefix + name
    return [
      {
        name: path,
        kind: kindOf(property),
        description: property.description ?? '',
        required: required.has(name),
        limits: limitsOf(property),
      },
      ...rowsOf(inner, property.type === 'array' ? `${path}[].` : `${path}.`),
    ]
  })
}

function kindOf(schema: Schema): string {
  if (schema.type === 'array') return `list of ${plural(kindOf(schema.items ?? {}))}`
  if (schema.enum) return 'choice'
  return FORMATS[schema.format ?? ''] ?? KINDS[schema.type ?? ''] ?? 'value'
}

function plural(kind: string): string {
  if (kind === 'yes or no') return 'yes or no'
  return kind === 'text' ? 'texts' : kind.endsWith('s') ? `${kind}es` : `${kind}s`
}

function limitsOf(schema: Schema): string[] {
  const choices = schema.enum ?? schema.items?.enum
  const { minimum, maximum, maxLength, maxItems } = schema
  return [
    ...(choices ? [choices.join(' · ')] : []),
    ...(minimum !== undefined && maximum !== undefined
      ? [`${minimum} to ${maximum}`]
      : minimum !== undefined
        ? [`from ${minimum}`]
        : maximum !== undefined
          ? [`up to ${maximum}`]
          : []),
    ...(maxLength !== undefined && maxLength <= TELLING_LENGTH && !schema.format
      ? [`up to ${maxLength} characters`]
      : []),
    ...(maxItems === undefined ? [] : [`up to ${maxItems}`]),
    ...(schema.default === undefined ? [] : [`otherwise ${written(schema.default)}`]),
  ]
}

function written(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return Array.isArray(value) ? value.map(written).join(', ') : String(value)
}
