/** Calls of a provider's platform to the hub: a signed token says whose app calls and from where, and proves it. */
import { createLocalJWKSet, errors as jose, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose'
import type { InstalledApp, JsonObject } from '../catalog/define.ts'
import { isJsonObject, parseJson } from '../catalog/fill.ts'
import type { Egress } from '../egress/egress.ts'
import { HubError } from '../errors.ts'
import type { Integration } from '../vault/integrations.ts'

export type VerifyInvocation = (call: {
  integration: Integration
  method: InstalledApp
  /** Id of the app at the provider. */
  audience: string
  authorization: string | undefined
}) => Promise<JsonObject>

type KeySet = { keys: ReturnType<typeof createLocalJWKSet>; fetchedAt: number }

const KEEP_MS = 3_600_000
/** Tokens that name an unknown key make the hub look for new keys, and no caller may make it do so all the time. */
const LOOK_AGAIN_MS = 60_000
const CLOCK_TOLERANCE_S = 30

export function createInvocationVerifier(options: { egress: Egress; now: () => number }): VerifyInvocation {
  const { egress, now } = options
  const known = new Map<string, KeySet>()
  const fetching = new Map<string, Promise<KeySet>>()

  async function fetchKeys({ provider, mode, routes }: Integration, jwksUri: string): Promise<KeySet> {
    const url = new URL(jwksUri)
    const answer = await egress.send({
      method: 'GET',
      url,
      headers: { accept: 'application/json' },
      hosts: [url.host],
      routes,
    })
    const body = parseJson(answer.body)
    if (answer.status !== 200 || !isJsonObject(body) || !Array.isArray(body['keys'])) {
      throw new HubError(
        'upstream_invalid_answer',
        `The keys that ${provider.name} signs its calls with could not be read.`,
      )
    }
    const set = { keys: createLocalJWKSet(body as unknown as JSONWebKeySet), fetchedAt: now() }
    known.set(`${mode} ${jwksUri}`, set)
    return set
  }

  /** One fetch at a time a key set, whoever waits for it. */
  function keysOf(integration: Integration, jwksUri: string, notBefore: number): Promise<KeySet> {
    const place = `${integration.mode} ${jwksUri}`
    const held = known.get(place)
    if (held && held.fetchedAt >= notBefore) return Promise.resolve(held)
    const underWay = fetching.get(place)
    if (underWay) return underWay
    const started = fetchKeys(integration, jwksUri).finally(() => fetching.delete(place))
    fetching.set(place, started)
    return started
  }

  return async ({ integration, method, audience, authorization }) => {
    const refused = (cause?: unknown) =>
      new HubError(
        'unauthenticated',
        `This call does not carry a valid token of ${integration.provider.name} for this hub's app.`,
        { cause },
      )
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/.exec(authorization ?? '')?.[1]
    if (!token) throw refused()
    const verify = async (set: KeySet): Promise<JWTPayload> => {
      const { payload } = await jwtVerify(token, set.keys, {
        issuer: method.invocation.issuer,
        audience,
        // The one algorithm the platform signs with: a token cannot choose another.
        algorithms: ['RS256'],
        requiredClaims: ['exp', 'iat'],
        currentDate: new Date(now()),
        clockTolerance: CLOCK_TOLERANCE_S,
      })
      return payload
    }
    const { jwks_uri: jwksUri } = method.invocation
    const set = await keysOf(integration, jwksUri, now() - KEEP_MS)
    try {
      return (await verify(set)) as JsonObject
    } catch (error) {
      const mayBeNew = error instanceof jose.JWKSNoMatchingKey && set.fetchedAt <= now() - LOOK_AGAIN_MS
      if (!mayBeNew) throw refused(error)
    }
    const newer = await keysOf(integration, jwksUri, now())
    try {
      return (await verify(newer)) as JsonObject
    } catch (error) {
      throw refused(error)
    }
  }
}
