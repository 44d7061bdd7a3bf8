/**
 * The API reference as one static page, made from the OpenAPI document. The ready-made viewers bring megabytes of
 * script and need inline styles, which the content security policy of this hub forbids; text is enough here.
 */
type JsonSchema = {
  $ref?: string
  type?: string | string[]
  description?: string
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  enum?: unknown[]
  anyOf?: JsonSchema[]
}
type Operation = {
  summary?: string
  description?: string
  tags?: string[]
  parameters?: { name: string; in: string; required?: boolean; description?: string; schema?: JsonSchema }[]
  requestBody?: { content: Record<string, { schema: JsonSchema }> }
  responses?: Record<string, { content?: Record<string, { schema: JsonSchema }> }>
}
type OpenApi = {
  info: { title: string; version: string; description?: string }
  paths: Record<string, Record<string, Operation>>
  components?: { schemas?: Record<string, JsonSchema> }
}

export function renderReference(api: OpenApi): string {
  const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )
  const byTag = Map.groupBy(operations, ({ operation }) => operation.tags?.[0] ?? 'Other')
  const navigation = [...byTag.keys()]
    .map((tag) => `<li><a href="#${slug(tag)}">${text(tag)}</a></li>`)
    .join('')
  const sections = [...byTag]
    .map(
      ([tag, list]) =>
        `<section><h2 id="${slug(tag)}">${text(tag)}</h2>${list.map(renderOperation).join('')}</section>`,
    )
    .join('')
  const shapes = Object.entries(api.components?.schemas ?? {})
    .filter(([name]) => !name.endsWith('Input'))
    .map(
      ([name, schema]) =>
        `<article id="shape-${slug(name)}"><h3>${text(name)}</h3>${schema.description ? `<p>${text(schema.description)}</p>` : ''}${renderShape(schema)}</article>`,
    )
    .join('')
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>API reference · ${text(api.info.title)}</title><link rel="stylesheet" href="/docs/api.css"></head><body>
<header><h1>${text(api.info.title)} API <small>${text(api.info.version)}</small></h1><p>${text(api.info.description ?? '')}</p>
<p>Send an API key as <code>Authorization: Bearer tl_…</code>. Errors are problem details (RFC 9457) with a stable <code>code</code>. The machine-readable form is <a href="/openapi.json">/openapi.json</a>; <a href="/">the dashboard</a> is made of the same calls.</p></header>
<nav aria-label="Sections"><ul>${navigation}<li><a href="#shapes">Shapes</a></li></ul></nav>
<main>${sections}<section><h2 id="shapes">Shapes</h2>${shapes}</section></main></body></html>`
}

function renderOperation({
  path,
  method,
  operation,
}: {
  path: string
  method: string
  operation: Operation
}): string {
  const parameters = (operation.parameters ?? [])
    .map(
      (p) =>
        `<tr><td><code>${text(p.name)}</code></td><td>${text(p.in)}${p.required ? ', required' : ''}</td><td>${typeOf(p.schema)} ${text(p.description ?? '')}</td></tr>`,
    )
    .join('')
  const body = Object.values(operation.requestBody?.content ?? {})[0]?.schema
  const answers = Object.entries(operation.responses ?? {}).map(([status, { content }]) => {
    const schema = Object.values(content ?? {})[0]?.schema
    return `<p>Answers <code>${text(status)}</code>${schema ? `: ${typeOf(schema)}` : ''}</p>`
  })
  return `<article><h3><code class="method">${text(method.toUpperCase())}</code> <code>${text(path)}</code></h3>
<p>${text(operation.summary ?? '')}</p>${operation.description ? `<p>${text(operation.description)}</p>` : ''}
${parameters ? `<table><caption>Parameters</caption><tbody>${parameters}</tbody></table>` : ''}${body ? `<h4>Body</h4>${renderShape(body)}` : ''}${answers.join('')}</article>`
}

function renderShape(schema: JsonSchema): string {
  if (!schema.properties) return `<p>${typeOf(schema)}</p>`
  const rows = Object.entries(schema.properties).map(
    ([name, inner]) =>
      `<tr><td><code>${text(name)}</code></td><td>${typeOf(inner)}${schema.required?.includes(name) ? '' : ', optional'}</td><td>${text(inner.description ?? '')}</td></tr>`,
  )
  return `<table><tbody>${rows.join('')}</tbody></table>`
}

function typeOf(schema: JsonSchema | undefined): string {
  if (!schema) return ''
  if (schema.$ref) {
    const name = schema.$ref.split('/').at(-1) ?? ''
    return `<a href="#shape-${slug(name)}">${text(name)}</a>`
  }
  if (schema.enum)
    return schema.enum.map((value) => `<code>${text(JSON.stringify(value))}</code>`).join(' | ')
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' | ')
  if (schema.items) return `list of ${typeOf(schema.items)}`
  if (schema.properties)
    return `{ ${Object.keys(schema.properties)
      .map((name) => text(name))
      .join(', ')} }`
  return text([schema.type ?? 'any'].flat().join(' | '))
}

const slug = (name: string) => name.toLowerCase().replace(/[^a-z0-9]+/g, '-')

function text(value: string): string {
  return value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

export const REFERENCE_CSS = `:root { color-scheme: light dark; color: light-dark(#111827, #e5e7eb); background: light-dark(#ffffff, #0b1020); --line: color-mix(in srgb, currentColor 18%, transparent); }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem 6rem; font: 16px/1.55 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 small { font-weight: normal; opacity: .7; font-size: .6em; }
h2 { margin-top: 3rem; border-bottom: 1px solid var(--line); }
h3 { margin-top: 2rem; }
article { scroll-margin-top: 1rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: 0; list-style: none; }
table { border-collapse: collapse; width: 100%; font-size: .92em; }
caption { text-align: start; font-weight: 600; }
td { border-top: 1px solid var(--line); padding: .3rem .6rem .3rem 0; vertical-align: top; }
code { font: .9em ui-monospace, monospace; }
.method { font-weight: 700; }
a { color: light-dark(#1d4ed8, #93c5fd); }
`
