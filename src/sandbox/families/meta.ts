/**
 * Facebook's log-in and the Graph API behind it: people, businesses, WhatsApp accounts, ad accounts. WhatsApp and Meta
 * Ads are two apps here, each with its own grants of the same people.
 */
import { createHmac } from 'node:crypto'
import { readText } from '../../catalog/define.ts'
import { type Asked, json, type Reply, readArguments, readBearer, readJson } from '../messages.ts'
import {
  type Call,
  type CreateStandIn,
  on,
  open,
  type Refusal,
  type TokenProblem,
  type Tools,
} from '../stand-in.ts'
import type { TokenRecord } from '../tokens.ts'
import { type GraphProblem, graphError, isEdge, type Node, page, tell } from '../worlds/graph-nodes.ts'
import { type Business, type MetaWorld, people, seedMeta } from '../worlds/meta.ts'

export type Entry = {
  /** What a person picks on the consent page, of their businesses. */
  legend: string
  assets: (business: Business) => readonly Node[]
  /** Granted under a configuration (`config_id`) of Login for Business. */
  configured?: readonly string[]
  values: (tools: Tools, world: MetaWorld) => Record<string, string>
}

const HOUSE = 'meta'
export const GRAPH_HOST = 'graph.facebook.com'
const SIXTY_DAYS = 5_184_000
const SHORT = 5_400

/** https://developers.facebook.com/docs/graph-api/guides/error-handling */
const CODE_PROBLEMS: Readonly<Record<TokenProblem, GraphProblem>> = {
  bad_format: { code: 100, message: 'Missing client_id parameter.' },
  bad_client: { code: 1, message: 'Error validating client secret.' },
  bad_code: { code: 100, subcode: 36_009, message: 'Invalid verification code format.' },
  used_code: { code: 100, subcode: 36_009, message: 'This authorization code has been used.' },
  expired_code: { code: 100, subcode: 36_007, message: 'This authorization code has expired.' },
  bad_redirect_uri: {
    code: 100,
    subcode: 36_008,
    message:
      'Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request',
  },
  bad_verifier: { code: 100, message: 'Invalid code_verifier parameter.' },
  bad_refresh_token: { code: 190, message: 'Malformed access token' },
  bad_grant_type: { code: 100, message: 'Unsupported grant type.' },
}

const REFUSALS: Readonly<Record<Refusal, GraphProblem>> = {
  missing: {
    code: 2500,
    message: 'An active access token must be used to query information about the current user.',
  },
  unknown: { code: 190, message: 'Invalid OAuth access token - Cannot parse access token' },
  expired: {
    code: 190,
    subcode: 463,
    message: 'Error validating access token: Session has expired.',
  },
  revoked: {
    code: 190,
    subcode: 458,
    message: 'Error validating access token: The user has not authorized application.',
  },
}

const MANAGE = 'whatsapp_business_management'
const SEND = 'whatsapp_business_messaging'
const ADS = ['ads_read', 'ads_management']

export function playMeta(entry: Entry): CreateStandIn {
  return (tools) => {
    const world = tools.load<MetaWorld>(() => seedMeta(tools.now()), HOUSE)
    const businessesOf = (person: string) => world.businesses.filter((one) => one.people.includes(person))
    /** Nothing picked stands for "all current and future" ones: then no ids are told either. */
    const reached = (token: TokenRecord, assets: readonly Node[]) =>
      token.use === 'static' || token.picked.length === 0
        ? assets
        : assets.filter(({ id }) => token.picked.includes(id))

    /** The node of whoever granted the token. */
    function me({ token, account }: Call): Node {
      const mine = businessesOf(account.id)
      return {
        id: account.id,
        name: account.name,
        ...(token.scopes.includes('email') && { email: account.email }),
        permissions: token.scopes.map((permission) => ({ id: '', permission, status: 'granted' })),
        adaccounts: reached(
          token,
          mine.flatMap(({ ads }) => ads),
        ),
        businesses: mine.map(({ id, name, whatsapp }) => ({
          id,
          name,
          owned_whatsapp_business_accounts: reached(token, whatsapp),
          client_whatsapp_business_accounts: [],
        })),
      }
    }

    /** What a call may see: the scopes decide the kinds of nodes, what was picked the nodes. */
    function nodesFor(call: Call): { node: Node; scope: readonly string[] }[] {
      const { token, account } = call
      const mine = businessesOf(account.id)
      const whatsapp = reached(
        token,
        mine.flatMap((one) => one.whatsapp),
      )
      const ads = reached(
        token,
        mine.flatMap((one) => one.ads),
      )
      const of = (nodes: readonly Node[], scope: readonly string[]) => nodes.map((node) => ({ node, scope }))
      const edge = (nodes: readonly Node[], name: string) =>
        nodes.flatMap((node) => (isEdge(node[name]) ? node[name] : []))
      return [
        ...of([me(call)], []),
        ...of(whatsapp, [MANAGE]),
        ...of(edge(whatsapp, 'phone_numbers'), [MANAGE, SEND]),
        ...of(ads, ADS),
        ...of(edge(ads, 'campaigns'), ADS),
      ]
    }

    function onNode(call: Call, act: (node: Node) => Reply): Reply {
      const wanted = call.params['node'] ?? ''
      if (wanted === 'me') return act(me(call))
      const found = nodesFor(call).find(({ node }) => node.id === wanted)
      if (!found) return missing(wanted)
      return may(call.token, found.scope) ? act(found.node) : lacking()
    }

    function send(call: Call): Reply {
      return onNode(call, (node) => {
        if (node['display_phone_number'] === undefined) return missing(node.id)
        if (!may(call.token, [SEND])) return lacking()
        const body = readJson(call.asked)
        if (body['messaging_product'] !== 'whatsapp')
          return graphError({ code: 100, message: '(#100) The parameter messaging_product is required.' })
        const input = readText(body, 'to') ?? ''
        const to = input.replaceAll(/\D/g, '')
        if (!to) return graphError({ code: 100, message: '(#100) The parameter to is required.' })
        const id = `wamid.${tools.random(40)}`
        world.messages.push({ id, number: node.id, to, text: readText(body, 'text.body') ?? '' })
        return json(200, {
          messaging_product: 'whatsapp',
          contacts: [{ input, wa_id: to }],
          messages: [{ id, message_status: 'accepted' }],
        })
      })
    }

    function subscription(call: Call): Reply {
      return onNode(call, (node) => {
        const others = world.subscribed.filter((id) => id !== node.id)
        if (call.asked.method === 'GET')
          return json(200, {
            data: world.subscribed.includes(node.id)
              ? [{ whatsapp_business_api_data: { id: tools.client.client_id, name: 'Trunkline' } }]
              : [],
          })
        world.subscribed = call.asked.method === 'POST' ? [...others, node.id] : others
        return json(200, { success: true })
      })
    }

    /** Only the app itself may look into a token it was given. */
    function debugToken(asked: Asked): Reply {
      const { client_id, client_secret } = tools.client
      const presented = asked.query.get('access_token') ?? readBearer(asked.headers.authorization)
      if (presented !== `${client_id}|${client_secret}`)
        return graphError({ code: 190, message: 'Invalid OAuth access token.' })
      const token = tools.tokens.find(asked.query.get('input_token') ?? '')
      if (!token || token.client !== client_id || !tools.tokens.isLive(token))
        return json(200, {
          data: {
            app_id: client_id,
            is_valid: false,
            error: { code: 190, message: 'The access token could not be decrypted' },
            scopes: [],
          },
        })
      return json(200, {
        data: {
          app_id: client_id,
          type: 'USER',
          application: 'Trunkline',
          data_access_expires_at: Math.floor(tools.now() / 1000) + 90 * 86_400,
          expires_at: token.expiresAt === null ? 0 : Math.floor(token.expiresAt / 1000),
          is_valid: true,
          issued_at: Math.floor(token.issuedAt / 1000),
          scopes: [...token.scopes, 'public_profile'],
          granular_scopes: token.scopes.map((scope) => ({
            scope,
            ...(token.picked.length > 0 && { target_ids: token.picked }),
          })),
          user_id: token.account,
        },
      })
    }

    const permissions = (call: Call) => {
      if (call.asked.method === 'GET')
        return page((me(call)['permissions'] ?? []) as readonly Node[], call.asked)
      const { client, account } = call.token
      tools.tokens.endGrant({ client, account })
      return json(200, { success: true })
    }

    return {
      house: HOUSE,
      accounts: people,
      hosts: [GRAPH_HOST, 'www.facebook.com'],
      createAccount(person) {
        world.businesses[0]?.people.push(`1022000999${person.id}`)
        return { ...person, id: `1022000999${person.id}` }
      },
      choices: (account) => ({
        legend: entry.legend,
        options: businessesOf(account.id).flatMap((business) =>
          entry.assets(business).map(({ id, name }) => ({
            value: id,
            label: typeof name === 'string' ? name : id,
            hint: business.name,
          })),
        ),
      }),
      oauth: {
        code: () => `AQ${tools.random(180)}`,
        access: () => `EAA${tools.random(180)}`,
        lifetime: SIXTY_DAYS,
        shortLifetime: SHORT,
        partialConsent: true,
        noScopeNeeded: true,
        scopesOf: (query) =>
          query.has('config_id') && query.get('override_default_response_type') === 'true'
            ? entry.configured
            : undefined,
        denial: { error_code: '200', error_reason: 'user_denied', error_description: 'Permissions error' },
        answer: ({ tokens: { main } }) =>
          json(200, {
            access_token: main?.access_token ?? '',
            token_type: 'bearer',
            ...(main?.expires_in !== undefined && { expires_in: main.expires_in }),
          }),
        failure: (problem) => graphError(CODE_PROBLEMS[problem]),
        exchangeFailure: () => graphError(REFUSALS.expired),
      },
      routes: [
        open('GET', '/:version/debug_token', ({ asked }) => debugToken(asked)),
        ...['GET', 'DELETE'].map((method) => on(method, '/:version/me/permissions', permissions)),
        on('POST', '/:version/:node/messages', send),
        on('POST', '/:version/:node/register', (call) =>
          onNode(call, () =>
            /^\d{6}$/.test(readArguments(call.asked)['pin'] ?? '')
              ? json(200, { success: true })
              : graphError({ code: 100, message: '(#100) The parameter pin is required.' }),
          ),
        ),
        ...['GET', 'POST', 'DELETE'].map((method) =>
          on(method, '/:version/:node/subscribed_apps', subscription),
        ),
        on('GET', '/:version/:node/whatsapp_business_profile', (call) =>
          onNode(call, () =>
            json(200, {
              data: [
                {
                  about: 'Bicycles, sold and mended',
                  description: 'A workshop and a shop.',
                  email: 'hello@fernhill.example',
                  websites: ['https://fernhill.example/'],
                  vertical: 'RETAIL',
                  messaging_product: 'whatsapp',
                },
              ],
            }),
          ),
        ),
        on('GET', '/:version/:node/:edge', (call) =>
          onNode(call, (node) => {
            const edge = node[call.params['edge'] ?? '']
            if (call.params['edge'] === 'adaccounts' && !may(call.token, ADS)) return lacking()
            return isEdge(edge)
              ? page(edge, call.asked)
              : graphError({
                  code: 100,
                  message: `(#100) Tried accessing nonexisting field (${call.params['edge']})`,
                })
          }),
        ),
        on('GET', '/:version/:node', (call) => onNode(call, (node) => tell(node, call.asked))),
        // Bases end in an id; a path below them may be a slash alone.
        on('GET', '/:version/:node/', (call) => onNode(call, (node) => tell(node, call.asked))),
        on('POST', '/:version/:node', (call) =>
          onNode(call, (node) => {
            if (!may(call.token, ['ads_management'])) return lacking()
            const { status } = readArguments(call.asked)
            if (status !== 'ACTIVE' && status !== 'PAUSED')
              return graphError({ code: 100, message: '(#100) Invalid parameter' })
            Object.assign(node, { status, effective_status: status })
            return json(200, { success: true })
          }),
        ),
      ],
      // https://developers.facebook.com/docs/graph-api/guides/secure-requests: not needed here, but wrong is wrong.
      guard: ({ query, headers }) => {
        const proof = query.get('appsecret_proof')
        const token = readBearer(headers.authorization) ?? ''
        const { client_secret } = tools.client
        const right = createHmac('sha256', client_secret).update(token).digest('hex')
        return proof === null || proof === right
          ? undefined
          : graphError({ code: 100, message: 'Invalid appsecret_proof provided in the API argument' })
      },
      unauthorized: (why) => graphError(REFUSALS[why]),
      forbidden: lacking,
      notFound: (asked) => missing(asked.path.split('/').at(-1) ?? ''),
      rateLimited: (retryAfter) => {
        const reply = graphError({ code: 80_004, message: 'There have been too many calls to this account.' })
        const usage = {
          '501': [
            { type: HOUSE, call_count: 100, estimated_time_to_regain_access: Math.ceil(retryAfter / 60) },
          ],
        }
        return { ...reply, headers: { ...reply.headers, 'x-business-use-case-usage': JSON.stringify(usage) } }
      },
      values: () => entry.values(tools, world),
    }
  }
}

function may(token: TokenRecord, scope: readonly string[]): boolean {
  return token.use === 'static' || scope.length === 0 || scope.some((one) => token.scopes.includes(one))
}

function lacking(): Reply {
  return graphError({
    status: 403,
    code: 200,
    message: '(#200) You do not have the necessary permissions required to perform this action.',
  })
}

function missing(id: string): Reply {
  return graphError({
    code: 100,
    subcode: 33,
    type: 'GraphMethodException',
    message: `Unsupported get request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation.`,
  })
}
