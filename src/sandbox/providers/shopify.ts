/** Shopify: any name is a shop of its own, over the Admin GraphQL API. https://shopify.dev/docs/api/admin-graphql */
import type { Json, JsonObject } from '../../catalog/define.ts'
import { cast, daysAgo, fernhill } from '../cast.ts'
import { execute, GraphqlProblem, GraphqlSyntaxProblem, type Root, type Value } from '../graphql.ts'
import { isObject, json, type Reply, readJson } from '../messages.ts'
import {
  type Account,
  type Call,
  type CreateStandIn,
  on,
  readString,
  type TokenProblem,
} from '../stand-in.ts'
import { gid, LOCATION, type Order, type Product, seedShop, type Shop } from '../worlds/shopify.ts'

const SHOP = `${fernhill.slug}.myshopify.com`
const accounts: readonly Account[] = [{ id: '902541635', name: cast.ada.name, email: cast.ada.email }]

const PROBLEMS: Readonly<Record<TokenProblem, readonly [number, string, string]>> = {
  bad_format: [400, 'invalid_request', 'Missing or invalid parameters'],
  bad_client: [401, 'invalid_client', 'Client authentication failed'],
  bad_code: [400, 'invalid_request', 'The authorization code was not found or was already used'],
  used_code: [400, 'invalid_request', 'The authorization code was not found or was already used'],
  expired_code: [400, 'invalid_request', 'The authorization code was not found or was already used'],
  bad_redirect_uri: [400, 'invalid_request', 'The redirect_uri is not whitelisted'],
  bad_verifier: [400, 'invalid_request', 'The authorization code was not found or was already used'],
  bad_refresh_token: [400, 'invalid_grant', 'This request requires an active refresh_token'],
  bad_grant_type: [400, 'unsupported_grant_type', 'The grant type is not supported'],
}

const create: CreateStandIn = (tools) => {
  const data = tools.load<Record<string, Shop>>(() => ({}))
  const stamp = () => daysAgo(tools.now(), 0)

  function answer(call: Call): Reply {
    const domain = call.params['shop'] ?? ''
    const shop = (data[domain] ??= seedShop(tools.now()))
    const body = readJson(call.asked)
    const variables = body['variables']
    const cost = {
      requestedQueryCost: 12,
      actualQueryCost: 8,
      throttleStatus: { maximumAvailable: 2000, currentlyAvailable: 1992, restoreRate: 100 },
    }
    try {
      const found = execute({
        query: readString(body, 'query') ?? '',
        variables: isObject(variables) ? variables : {},
        roots: rootsOf(call, shop, domain),
      })
      return json(200, { data: found, extensions: { cost } })
    } catch (error) {
      if (!(error instanceof GraphqlProblem || error instanceof GraphqlSyntaxProblem)) throw error
      const extensions: Json = error instanceof GraphqlProblem ? error.extensions : { code: 'undefinedField' }
      return json(200, { errors: [{ message: error.message, extensions }], extensions: { cost } })
    }
  }

  function rootsOf({ token }: Call, shop: Shop, domain: string): { query: Root; mutation: Root } {
    /** What may be written may be read. */
    const need = (scope: string) => {
      const held = [scope, scope.replace(/^read_/, 'write_')]
      if (token.use === 'static' || held.some((one) => token.scopes.includes(one))) return
      throw new GraphqlProblem(`Access denied. Required access: \`${scope}\` access scope.`, {
        code: 'ACCESS_DENIED',
        documentation: 'https://shopify.dev/api/usage/access-scopes',
        requiredAccess: `\`${scope}\` access scope.`,
      })
    }
    const money = (amount: string) => ({ shopMoney: { amount, currencyCode: 'GBP' } })
    const showProduct = ({ variants, ...product }: Product): Value => ({
      ...product,
      variants: {
        nodes: variants.map(({ inventoryItem, ...variant }) => ({
          ...variant,
          inventoryQuantity: shop.stock[inventoryItem] ?? 0,
          inventoryItem: { id: inventoryItem },
        })),
      },
    })
    const showOrder = ({ total, customer, ...order }: Order): Value => ({
      ...order,
      totalPriceSet: money(total),
      customer: shop.customers.find(({ id }) => id === customer) ?? null,
    })
    const guarded =
      (scope: string, resolve: (args: JsonObject) => Value) =>
      (args: JsonObject): Value => {
        need(scope)
        return resolve(args)
      }
    const one = (all: readonly { id: string }[], args: JsonObject) => all.find(({ id }) => id === args['id'])

    return {
      query: {
        shop: () => ({
          id: gid('Shop', 548380009),
          name: domain === SHOP ? fernhill.name : domain.replace('.myshopify.com', ''),
          email: cast.ada.email,
          myshopifyDomain: domain,
          currencyCode: 'GBP',
          plan: { publicDisplayName: 'Basic', partnerDevelopment: false, shopifyPlus: false },
        }),
        products: guarded('read_products', (args) => connection(shop.products, args, showProduct)),
        product: guarded('read_products', (args) => {
          const found = shop.products.find(({ id }) => id === args['id'])
          return found ? showProduct(found) : null
        }),
        orders: guarded('read_orders', (args) => connection(shop.orders, args, showOrder)),
        order: guarded('read_orders', (args) => {
          const found = shop.orders.find(({ id }) => id === args['id'])
          return found ? showOrder(found) : null
        }),
        customers: guarded('read_customers', (args) =>
          connection(shop.customers, args, (customer) => customer),
        ),
        draftOrders: guarded('read_draft_orders', (args) => connection(shop.drafts, args, (draft) => draft)),
        locations: guarded('read_locations', (args) => connection([LOCATION], args, (location) => location)),
        inventoryItem: guarded('read_inventory', (args) => {
          const id = readString(args, 'id') ?? ''
          const available = shop.stock[id]
          if (available === undefined) return null
          const quantities = [{ name: 'available', quantity: available }]
          return { id, inventoryLevels: { nodes: [{ location: LOCATION, quantities }] } }
        }),
        webhookSubscriptions: (args) => connection(shop.subscriptions, args, (subscription) => subscription),
      },
      mutation: {
        productUpdate: guarded('write_products', (args) => {
          const given = argument(args, 'product')
          const found = shop.products.find(({ id }) => id === given['id'])
          if (!found) return { product: null, userErrors: [userError('id', 'Product does not exist')] }
          const title = given['title']
          if (title === '') return { product: null, userErrors: [userError('title', "Title can't be blank")] }
          if (typeof title === 'string') found.title = title
          found.updatedAt = stamp()
          return { product: showProduct(found), userErrors: [] }
        }),
        customerUpdate: guarded('write_customers', (args) => {
          const { id, ...change } = argument(args, 'input')
          const found = one(shop.customers, { id: id ?? null })
          if (!found) return { customer: null, userErrors: [userError('id', 'Customer does not exist')] }
          Object.assign(found, change, { updatedAt: stamp() })
          return { customer: { ...found }, userErrors: [] }
        }),
        draftOrderCreate: guarded('write_draft_orders', (args) => {
          const given = argument(args, 'input')
          const items = given['lineItems']
          if (!Array.isArray(items) || items.length === 0)
            return { draftOrder: null, userErrors: [userError('lineItems', 'Add at least 1 product')] }
          const email = readString(given, 'email') ?? null
          const number = shop.drafts.length + 1
          const made = {
            id: gid('DraftOrder', shop.nextId++),
            name: `#D${number}`,
            status: 'OPEN',
            email,
            total: '0.00',
          }
          shop.drafts.push(made)
          return { draftOrder: made, userErrors: [] }
        }),
        inventoryAdjustQuantities: guarded('write_inventory', (args) => {
          const changes = argument(args, 'input')['changes']
          for (const change of Array.isArray(changes) ? changes : []) {
            if (!isObject(change)) continue
            const item = readString(change, 'inventoryItemId') ?? ''
            const stock = shop.stock[item]
            if (stock === undefined || typeof change['delta'] !== 'number')
              return {
                inventoryAdjustmentGroup: null,
                userErrors: [userError('changes', 'The item was not found')],
              }
            shop.stock[item] = stock + change['delta']
          }
          return { inventoryAdjustmentGroup: { createdAt: stamp(), reason: 'correction' }, userErrors: [] }
        }),
        webhookSubscriptionCreate: (args) => {
          const callbackUrl = readString(argument(args, 'webhookSubscription'), 'callbackUrl') ?? ''
          const topic = readString(args, 'topic') ?? ''
          if (!callbackUrl.startsWith('https://'))
            return {
              webhookSubscription: null,
              userErrors: [userError('callbackUrl', 'Address protocol must be https')],
            }
          if (shop.subscriptions.some((known) => known.topic === topic && known.callbackUrl === callbackUrl))
            return {
              webhookSubscription: null,
              userErrors: [userError('topic', 'Address for this topic has already been taken')],
            }
          const made = { id: gid('WebhookSubscription', shop.nextId++), topic, callbackUrl }
          shop.subscriptions.push(made)
          return { webhookSubscription: made, userErrors: [] }
        },
        webhookSubscriptionDelete: (args) => {
          const found = one(shop.subscriptions, args)
          if (!found)
            return {
              deletedWebhookSubscriptionId: null,
              userErrors: [userError('id', 'Webhook subscription does not exist')],
            }
          shop.subscriptions = shop.subscriptions.filter(({ id }) => id !== found.id)
          return { deletedWebhookSubscriptionId: found.id, userErrors: [] }
        },
      },
    }
  }

  /** The app leaves the shop: its tokens end, whoever installed it, and its webhooks go. */
  function uninstall({ params, token }: Call): Reply {
    const shop = params['shop'] ?? ''
    for (const held of tools.tokens.list('shopify'))
      if (held.client === token.client && held.place['shop'] === shop) tools.tokens.end(held, 'revoked')
    const found = data[shop]
    if (found) found.subscriptions = []
    return json(200, {})
  }

  return {
    accounts,
    hosts: ['{name}.myshopify.com'],
    readCredential: ({ headers }) => {
      const token = headers['x-shopify-access-token']
      return typeof token === 'string' ? token : undefined
    },
    oauth: {
      code: () => tools.random(32, '0123456789abcdef'),
      access: () => `shpat_${tools.random(32, '0123456789abcdef')}`,
      refresh: () => `shprt_${tools.random(32, '0123456789abcdef')}`,
      // Without `expiring=1` the token never ends, and public apps may not use it any more.
      lifetime: ({ expiring }) => (expiring === '1' ? 3600 : null),
      refreshLifetime: 90 * 86_400,
      leeway: 30 * 86_400,
      callback: ({ place }) => ({
        host: Buffer.from(`admin.shopify.com/store/${(place['shop'] ?? '').split('.')[0]}`).toString(
          'base64url',
        ),
      }),
      answer: ({ tokens: { main } }) => {
        const { scopes = [], ...issued } = main ?? {}
        // A scope to read is not named where the one to write was granted.
        const named = scopes.filter(
          (scope) => !scopes.includes(scope.replace(/^read_/, 'write_')) || !scope.startsWith('read_'),
        )
        return json(200, {
          ...issued,
          scope: named.join(','),
          ...(main?.refresh_token && { refresh_token_expires_in: 90 * 86_400 }),
        })
      },
      failure: (what) => {
        const [status, error, error_description] = PROBLEMS[what]
        return json(status, { error, error_description })
      },
    },
    routes: [
      on('POST', '/admin/api/:version/graphql.json', answer, { host: '{shop}' }),
      on('DELETE', '/admin/api_permissions/current.json', uninstall, { host: '{shop}' }),
    ],
    headers: () => ({ 'x-request-id': tools.random(32), 'x-shopify-api-version': '2026-07' }),
    unauthorized: () =>
      json(401, { errors: '[API] Invalid API key or access token (unrecognized login or wrong password)' }),
    forbidden: () =>
      json(403, { errors: '[API] This action requires merchant approval for the necessary scope.' }),
    notFound: () => json(404, { errors: 'Not Found' }),
    // GraphQL is limited inside a 200.
    rateLimited: () =>
      json(200, {
        errors: [
          {
            message: 'Throttled',
            extensions: { code: 'THROTTLED', documentation: 'https://shopify.dev/api/usage/rate-limits' },
          },
        ],
      }),
    values: () => ({
      shop: SHOP,
      accessToken: tools.hold({
        account: accounts[0]?.id ?? '',
        place: { shop: SHOP },
        make: (derive) => `shpat_${derive('token', 32, '0123456789abcdef')}`,
      }),
    }),
  }
}

export default create

const userError = (field: string, message: string) => ({ field: [field], message })

function argument(args: JsonObject, name: string): JsonObject {
  const given = args[name]
  return isObject(given) ? given : {}
}

/** A page of a Relay connection: newest first where `reverse` says so. */
function connection<T extends { id: string }>(
  all: readonly T[],
  args: JsonObject,
  show: (one: T) => Value,
): Value {
  const ordered = args['reverse'] === true ? [...all].reverse() : all
  const words = typeof args['query'] === 'string' ? args['query'].toLowerCase().replace(/^\w+:/, '') : ''
  const found = ordered.filter((one) => JSON.stringify(one).toLowerCase().includes(words.replaceAll('*', '')))
  const start = found.findIndex(({ id }) => id === args['after']) + 1
  const size = typeof args['first'] === 'number' ? args['first'] : 50
  const page = found.slice(start, start + size)
  return {
    nodes: page.map(show),
    edges: page.map((one) => ({ cursor: one.id, node: show(one) })),
    pageInfo: {
      hasNextPage: start + size < found.length,
      hasPreviousPage: start > 0,
      startCursor: page[0]?.id ?? null,
      endCursor: page.at(-1)?.id ?? null,
    },
  }
}
