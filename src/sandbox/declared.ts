/** Declared requests read the other way round: what stood in a brace is taken out of a request that came in. */
import type { ApiRequest, Authorization, Json, Provider } from '../catalog/define.ts'
import { type Asked, readBasic, readBearer, readForm, readJson } from './messages.ts'
import { hostPattern, pathPattern } from './router.ts'

export type Taken = Record<string, string>

/** Recognises a declared request; undefined: another one. A literal part must be there as it is declared. */
export function requestReader(
  request: ApiRequest,
  baseUrl: string,
): (asked: Asked) => { place: Taken; taken: Taken } | undefined {
  const address = request.url.startsWith('/') ? baseUrl + request.url : request.url
  const [, host = '', path = '', search = ''] =
    /^https:\/\/([^/?#]+)([^?#]*)(?:\?([^#]*))?/.exec(address) ?? []
  const atHost = hostPattern(host)
  const atPath = pathPattern(patternOf(path || '/'))
  const query = [...new URLSearchParams(search)]
  return (asked) => {
    if (asked.method !== (request.method ?? 'GET')) return undefined
    const here = atHost(asked.host)
    const way = here && atPath(asked.path)
    if (!here || !way) return undefined
    const taken: Taken = {}
    const reads = [
      ...query.map(([name, template]) => takeText(template, asked.query.get(name), taken)),
      ...Object.entries(request.headers ?? {}).map(([name, template]) =>
        takeText(template, textOf(asked.headers[name.toLowerCase()]), taken),
      ),
      ...Object.entries(request.form ?? {}).map(([name, template]) =>
        takeText(template, readForm(asked).get(name), taken),
      ),
      request.json === undefined || takeJson(request.json, readJson(asked), taken),
      request.authorization === undefined || takePlaced(request.authorization, asked, taken),
    ]
    return reads.every(Boolean) ? { place: { ...here, ...way }, taken } : undefined
  }
}

/** A declared path as the router's patterns have it. */
export function patternOf(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1')
}

/**
 * Reads the credential of a call where the declaration places it, and nowhere else: an access token or an only secret
 * by itself, a user name with its password as `name:password`.
 */
export function credentialReader(provider: Provider, clientId: string): (asked: Asked) => string | undefined {
  const placements = placementsOf(provider)
  return (asked) => {
    for (const placement of placements) {
      if (!placement || placement.scheme === 'bearer') {
        const bearer = readBearer(asked.headers.authorization)
        if (bearer !== undefined) return bearer
        continue
      }
      const taken: Taken = {}
      if (!takePlaced(placement, asked, taken)) continue
      const { client_id = clientId, access_token, ...typed } = taken
      if (client_id !== clientId) continue
      if (access_token !== undefined) return access_token
      const basic = placement.scheme === 'basic' ? readBasic(asked.headers.authorization) : undefined
      if (basic) return `${basic.username}:${basic.password}`
      const [secret] = Object.values(typed)
      if (secret !== undefined) return secret
    }
    return undefined
  }
}

function placementsOf(provider: Provider): (Authorization | undefined)[] {
  const { auth, verify, tenants, capabilities = [] } = provider
  const requests = [
    verify,
    tenants?.request,
    ...capabilities.map(({ request }) => request),
    ...auth.map((method) => ('verify' in method ? method.verify : undefined)),
  ]
  return [
    ...auth.flatMap((method) =>
      method.kind === 'browser_login' ? [] : ['authorization' in method ? method.authorization : undefined],
    ),
    ...requests.flatMap((request) => request?.authorization ?? []),
  ]
}

function takePlaced(placement: Authorization, asked: Asked, taken: Taken): boolean {
  switch (placement.scheme) {
    case 'bearer': {
      const bearer = readBearer(asked.headers.authorization)
      if (bearer === undefined) return false
      taken['access_token'] = bearer
      return true
    }
    case 'basic': {
      const basic = readBasic(asked.headers.authorization)
      return (
        basic !== undefined &&
        takeText(placement.username, basic.username, taken) &&
        takeText(placement.password, basic.password, taken)
      )
    }
    case 'header':
      return takeText(placement.value, textOf(asked.headers[placement.name.toLowerCase()]), taken)
    case 'path':
      return false
  }
}

function takeJson(template: Json, value: Json | undefined, taken: Taken): boolean {
  if (typeof template === 'string') return takeText(template, value, taken)
  if (template === null || typeof template !== 'object') return template === value
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(template).every(([name, inner]) =>
    takeJson(inner, (value as Record<string, Json>)[name], taken),
  )
}

function takeText(template: string, value: Json | undefined, taken: Taken): boolean {
  if (typeof value !== 'string') return false
  const names: string[] = []
  const source = template.replaceAll(/\{(\w+)\}|[^{]+|\{/g, (part, name: string | undefined) => {
    if (name === undefined) return part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
    names.push(name)
    return '(.*?)'
  })
  const found = new RegExp(`^${source}$`, 's').exec(value)
  for (const [index, name] of names.entries()) taken[name] = found?.[index + 1] ?? ''
  return found !== null
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header
}
