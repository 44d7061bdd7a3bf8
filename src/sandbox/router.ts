/**
 * Patterns of hosts and paths. `{name}` in a host is one label, or the whole host where nothing else stands there;
 * `:name` in a path is the text up to the next slash or literal, `*name` the rest of the path.
 */

export type Pattern = (value: string) => Record<string, string> | undefined

function compile(source: string, names: readonly string[], decode: (value: string) => string): Pattern {
  const expression = new RegExp(`^${source}$`)
  return (value) => {
    const found = expression.exec(value)
    if (!found) return undefined
    try {
      return Object.fromEntries(names.map((name, index) => [name, decode(found[index + 1] ?? '')]))
    } catch {
      // A percent sign that starts no escape: nothing here has such a name.
      return undefined
    }
  }
}

const escape = (literal: string) => literal.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')

export function hostPattern(template: string): Pattern {
  const names: string[] = []
  const source = template.replaceAll(/\{(\w+)\}|[^{}]+/g, (part, name: string | undefined) => {
    if (name === undefined) return escape(part)
    names.push(name)
    return part === template ? '([a-z0-9.-]{1,253})' : '([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)'
  })
  return compile(source, names, (value) => value)
}

export function pathPattern(template: string): Pattern {
  const names: string[] = []
  const source = template.replaceAll(
    /([:*])(\w+)|[^:*]+/g,
    (part, kind: string | undefined, name: string) => {
      if (kind === undefined) return escape(part)
      names.push(name)
      return kind === ':' ? '([^/]+?)' : '(.*)'
    },
  )
  return compile(source, names, decodeURIComponent)
}
