/** Inputs that fit a tool's schema. */
import type { InputSchema, Tool } from '../../src/catalog/define-tools.ts'
import type { Json, JsonObject } from '../../src/catalog/define.ts'

/** Tried in this order where a pattern asks for something. */
const EXAMPLES = [
  'example',
  '1',
  '12345',
  'WEB-12',
  'a1b2c3d4e5f6a7b8',
  '00190000001pPvHAAU',
  '1700000000.000100',
  '2026-11-30T09:00',
  '0f8b4c1e-2d3a-4b5c-8d9e-0a1b2c3d4e5f',
  '/123456789/calendars/home/',
  ...['Product', 'Order', 'Customer', 'ProductVariant', 'InventoryItem', 'Location'].map(
    (kind) => `gid://shopify/${kind}/1`,
  ),
  ...['cus', 'pi', 'sub', 'price'].map((prefix) => `${prefix}_example`),
]
const FORMATS: Record<string, string> = {
  date: '2026-11-30',
  'date-time': '2026-11-30T09:00:00Z',
  email: 'ada@example.com',
  uri: 'https://example.com/',
}

/** @param only `required`: nothing that may be left out */
export function sampleOf(tool: Pick<Tool, 'input'>, only: { required?: boolean } = {}): JsonObject {
  return sampleObject(tool.input, only.required ? tool.input.required : undefined)
}

function sampleObject(schema: InputSchema, names?: readonly string[]): JsonObject {
  const wanted = Object.entries(schema.properties ?? {}).filter(([name]) => !names || names.includes(name))
  if (!schema.properties && typeof schema.additionalProperties === 'object')
    return { example: sampleValue(schema.additionalProperties) }
  if (!schema.properties) return { example: 'example' }
  return Object.fromEntries(wanted.map(([name, property]) => [name, sampleValue(property)]))
}

function sampleValue(schema: InputSchema): Json {
  const [first] = schema.enum ?? []
  if (first !== undefined) return first
  switch (schema.type) {
    case 'boolean':
      return true
    case 'integer':
    case 'number':
      return Math.min(Math.max(2, schema.minimum ?? 2), schema.maximum ?? 2)
    case 'array':
      return [sampleValue(schema.items ?? { type: 'string' })]
    case 'object':
      return sampleObject(schema)
    case 'string': {
      const known = FORMATS[schema.format ?? '']
      if (known) return known
      const pattern = new RegExp(schema.pattern ?? '', 'u')
      return EXAMPLES.find((example) => pattern.test(example)) ?? ''
    }
  }
}
