import { defineProvider, type JsonObject, type Parameter, readText } from '../define.ts'

const shop = {
  name: 'shop',
  label: 'Shop',
  pattern: '^[a-z0-9][a-z0-9-]{0,98}\\.myshopify\\.com$',
  example: 'my-store.myshopify.com',
  required: true,
  help: 'The address of the shop that ends in .myshopify.com. It is shown under Settings, Domains.',
  mismatch:
    'Type the name of the shop: my-store, or paste https://my-store.myshopify.com or https://admin.shopify.com/store/my-store. A domain of your own does not do.',
  normalise: readShop,
} satisfies Parameter

// The names that Shopify's own documents give to the version; each works for at least a year.
const VERSION = '2026-07'

export default defineProvider({
  id: 'shopify',
  name: 'Shopify',
  category: 'E-commerce',
  summary: 'Look up products, orders, customers and stock of a shop, and draft orders.',
  aliases: ['shop', 'store', 'orders', 'products', 'inventory', 'ecommerce'],
  advice: {
    needs: ['The address of the shop, as it ends in .myshopify.com, and the right to install apps in it.'],
  },
  family: 'shopify',
  hosts: ['{shop}'],
  callback: 'universal',
  env: { client_id: 'SHOPIFY_CLIENT_ID', client_secret: 'SHOPIFY_CLIENT_SECRET' },
  parameters: [shop],
  auth: [
    {
      kind: 'oauth2',
      label: 'Install the app in a shop',
      authorization_endpoint: 'https://{shop}/admin/oauth/authorize',
      token_endpoint: 'https://{shop}/admin/oauth/access_token',
      token_endpoint_auth_method: 'client_secret_post',
      token_request_format: 'json',
      // Public apps made since April 2026 get nothing else, and from January 2027 no app does.
      token_params: { expiring: '1' },
      pkce: {
        off: 'Shopify documents no code challenge and ignores one; it signs the callback instead; checked 2026-11.',
      },
      scope_separator: ',',
      normaliseTokenAnswer: readImpliedScopes,
      authorization: { scheme: 'header', name: 'X-Shopify-Access-Token', value: '{access_token}' },
      callback_signature: {
        parameter: 'hmac',
        timestamp: { parameter: 'timestamp', tolerance: 90 },
        echoes: ['shop'],
      },
      refresh: {
        rotates: 'always',
        dead: ['invalid_grant'],
        note: 'An access token lives one hour, a refresh token 90 days; both are new after each refresh. A used refresh token may be repeated until its successor is used, for 30 days at most.',
      },
    },
    {
      kind: 'api_key',
      label: 'Admin API access token of a custom app',
      fields: [
        shop,
        {
          name: 'accessToken',
          label: 'Admin API access token',
          pattern: '^shp(?:at|ca)_[A-Za-z0-9]{20,100}$',
          example: 'shpat_0123456789abcdef...',
          required: true,
          secret: true,
          mismatch:
            'An Admin API access token begins with shpat_. The API key and the secret key (shpss_) of the app are not access tokens.',
          normalise: (typed) => typed.replaceAll(/\s/g, ''),
        },
      ],
      authorization: { scheme: 'header', name: 'X-Shopify-Access-Token', value: '{accessToken}' },
      instructions: [
        'In the shop’s admin open Settings, Apps and sales channels, Develop apps, and choose the custom app, or Create an app.',
        'Under Configuration choose the Admin API scopes, and under API credentials Install app.',
        'Copy the Admin API access token: Shopify shows it once. Paste it here with the name of the shop. It does not expire.',
      ],
    },
  ],
  scopes: {
    read_products: { why: 'Reads products, their variants and collections.', access: 'read' },
    write_products: { why: 'Creates and changes products.', access: 'write' },
    read_orders: { why: 'Reads the orders of the last 60 days.', access: 'read' },
    write_orders: { why: 'Changes orders and cancels them.', access: 'write' },
    read_customers: { why: 'Reads customers.', access: 'read' },
    write_customers: { why: 'Creates and changes customers.', access: 'write' },
    read_draft_orders: { why: 'Reads draft orders.', access: 'read' },
    write_draft_orders: { why: 'Drafts orders and sends their invoices.', access: 'write' },
    read_inventory: { why: 'Reads stock by location.', access: 'read' },
    write_inventory: { why: 'Changes stock.', access: 'write' },
    read_locations: { why: 'Lists the places where stock is kept.', access: 'read' },
    write_fulfillments: { why: 'Tells that an order was sent, with its tracking number.', access: 'write' },
  },
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'The lists of both guides together.',
      scopes: [
        'read_products',
        'write_products',
        'read_orders',
        'write_orders',
        'read_customers',
        'write_customers',
        'read_draft_orders',
        'write_draft_orders',
        'read_inventory',
        'write_inventory',
        'read_locations',
        'write_fulfillments',
      ],
    },
    agent: {
      label: 'Agent',
      note: 'As listed by the guide for agents.',
      scopes: [
        'read_products',
        'write_products',
        'read_orders',
        'write_orders',
        'read_customers',
        'write_customers',
        'read_draft_orders',
        'write_draft_orders',
        'read_inventory',
        'write_inventory',
      ],
    },
    automation: {
      label: 'Automation',
      note: 'As listed by the guide for automation.',
      scopes: [
        'read_products',
        'read_customers',
        'read_inventory',
        'read_locations',
        'read_orders',
        'write_orders',
        'write_fulfillments',
        'write_draft_orders',
      ],
    },
    read_only: {
      label: 'Read only',
      note: 'Reads the shop and changes nothing.',
      scopes: [
        'read_products',
        'read_orders',
        'read_customers',
        'read_draft_orders',
        'read_inventory',
        'read_locations',
      ],
    },
  },
  api: {
    base_url: `https://{shop}/admin/api/${VERSION}`,
    errors: {
      // https://shopify.dev/docs/api/admin-graphql#status_and_error_codes: GraphQL answers 200 whatever happens.
      rate_limited: [{ status: 200, at: 'errors.0.extensions.code', equals: 'THROTTLED' }],
      forbidden: [{ status: 200, at: 'errors.0.extensions.code', equals: 'ACCESS_DENIED' }],
      // The shop is frozen, locked or closed.
      not_available: [
        { status: [402, 423] },
        { status: 200, at: 'errors.0.extensions.code', equals: 'SHOP_INACTIVE' },
      ],
      failed: [
        { status: 200, at: 'errors.0' },
        // A mutation that was understood and refused says so beside its result.
        { status: 200, at: 'data.*.userErrors.0' },
      ],
    },
  },
  verify: {
    method: 'POST',
    url: '/graphql.json',
    json: { query: '{ shop { id name email myshopifyDomain plan { publicDisplayName } } }' },
  },
  account: ({ body, parameters }) => {
    const domain = readText(body, 'data.shop.myshopifyDomain') ?? parameters['shop'] ?? ''
    const name = readText(body, 'data.shop.name')
    const email = readText(body, 'data.shop.email')
    return {
      id: readText(body, 'data.shop.id') ? domain : '',
      label: name ? `${name} (${domain})` : domain,
      ...(email && { email }),
    }
  },
  capabilities: [
    {
      id: 'plan',
      label: 'Plan',
      read: ({ body }) => {
        const plan = readText(body, 'data.shop.plan.publicDisplayName')
        return plan ? { value: plan } : undefined
      },
    },
  ],
  test_calls: [
    {
      label: 'The shop',
      method: 'POST',
      path: '/graphql.json',
      json: { query: '{ shop { name myshopifyDomain currencyCode plan { publicDisplayName } } }' },
    },
    {
      label: 'Products, changed last',
      method: 'POST',
      path: '/graphql.json',
      json: {
        query:
          'query { products(first: 10, sortKey: UPDATED_AT, reverse: true) { nodes { id title status totalInventory updatedAt } } }',
      },
    },
    {
      label: 'Orders, newest first',
      method: 'POST',
      path: '/graphql.json',
      json: {
        query:
          'query { orders(first: 10, sortKey: CREATED_AT, reverse: true) { nodes { id name displayFinancialStatus displayFulfillmentStatus totalPriceSet { shopMoney { amount currencyCode } } } } }',
      },
    },
  ],
  setup: {
    console_url: 'https://dev.shopify.com/dashboard',
    prerequisites: [
      'A Shopify Partner account, or a shop in which you may develop apps.',
      'For customers and orders in a public app: Shopify’s approval for protected customer data.',
    ],
    steps: [
      'Open https://dev.shopify.com/dashboard and choose Create app.',
      'Under Versions set the App URL to the address of this hub, and add the redirect URI shown on this page under Allowed redirection URLs.',
      'Enter the Admin API scopes shown on this page, choose Use legacy install flow, so that the hub starts the installation, and release the version.',
      'Under Settings copy the Client ID and the Client secret.',
      'Set SHOPIFY_CLIENT_ID and SHOPIFY_CLIENT_SECRET.',
      'Under API access request protected customer data, if the app reads customers or orders and is to be public.',
    ],
    after: [
      'A public app also names three addresses for privacy requests (customers/data_request, customers/redact, shop/redact) in its configuration.',
    ],
    notes: [
      'The shop has to be named before anything else: each shop has an authorization page of its own. If connecting fails, check that the address is the one that ends in .myshopify.com.',
      'Disconnecting uninstalls the app from the shop, with its webhooks and every token it has there. The page before disconnecting says so.',
      'What may be written may be read: Shopify grants write_products and means read_products as well, and does not name it again.',
      'Orders older than 60 days need read_all_orders, which Shopify approves. write_fulfillments is the older way to tell that an order was sent; new apps also use write_merchant_managed_fulfillment_orders.',
      'A mutation that Shopify refuses is answered with 200 and userErrors.',
    ],
    revoke: {
      url: 'https://admin.shopify.com/settings/apps',
      steps: [
        'In the shop’s admin open Settings, Apps and sales channels.',
        'Choose the menu beside the app, and Uninstall.',
        'Confirm. A custom app’s token ends with it.',
      ],
    },
  },
  revocation: {
    kills: 'grant',
    effect: 'Shopify uninstalls the app from the shop, with its webhooks.',
    request: {
      method: 'DELETE',
      url: 'https://{shop}/admin/api_permissions/current.json',
      authorization: 'token',
      gone: [{ status: [401, 404] }],
    },
  },
  webhooks: {
    mode: 'automatic',
    events: [
      'ORDERS_CREATE',
      'ORDERS_UPDATED',
      'ORDERS_CANCELLED',
      'PRODUCTS_CREATE',
      'PRODUCTS_UPDATE',
      'PRODUCTS_DELETE',
      'CUSTOMERS_CREATE',
      'CUSTOMERS_UPDATE',
      'CUSTOMERS_DELETE',
      'APP_UNINSTALLED',
    ],
    signature: {
      scheme: 'hmac-sha256',
      header: 'X-Shopify-Hmac-Sha256',
      encoding: 'base64',
      signed: '{body}',
      secret: 'client_secret',
    },
    note: 'Deliveries are told apart by X-Shopify-Webhook-Id. After eight failures in four hours Shopify removes the subscription.',
  },
  resources: [
    {
      id: 'location',
      one: 'location',
      many: 'locations',
      hint: 'Select the shops and warehouses whose stock and orders count.',
      lists: [
        {
          needs: ['read_locations'],
          request: {
            method: 'POST',
            url: '/graphql.json',
            json: {
              query:
                'query($first: Int!, $after: String) { locations(first: $first, after: $after) { nodes { id name } pageInfo { hasNextPage endCursor } } }',
              variables: {},
            },
          },
          items: 'data.locations.nodes',
          pages: {
            by: 'cursor',
            at: 'data.locations.pageInfo.endCursor',
            more: 'data.locations.pageInfo.hasNextPage',
            parameter: 'variables.after',
            size: { parameter: 'variables.first', value: 100 },
          },
          fields: { id: 'id', name: 'name' },
        },
      ],
    },
  ],
  sources: [
    'Shopify’s developer documentation and changelog (expiring offline tokens, December 2025 and August 2026), as public in November 2026.',
    'The npm client @shopify/shopify-api 15.0: signature of the callback and form of a shop’s address.',
  ],
  checked: '2026-11-21',
  doubts: [
    'Whether apps that live only in a few named shops must ask for expiring tokens too is not said; they are asked for always.',
    'What the token endpoint answers after the app was uninstalled is not written down; only invalid_grant ends a connection.',
  ],
})

/** A bare name, the address of the shop or of its admin pages; anything else is left for the pattern to refuse. */
function readShop(typed: string): string {
  const address = typed
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, '')
  const inAdmin = /^admin\.shopify\.com\/store\/([a-z0-9][a-z0-9-]*)(?:[/?#].*)?$/s.exec(address)?.[1]
  const host = inAdmin ?? address.replace(/[/?#].*$/s, '')
  return /^[a-z0-9][a-z0-9-]*$/.test(host) ? `${host}.myshopify.com` : host
}

/**
 * Shopify leaves `read_x` out of the granted scopes where `write_x` was granted, where RFC 6749 section 3.3 has the
 * answer name all that was granted: compared by name, it would count as refused.
 * https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/authorization-code-grant
 */
function readImpliedScopes({ status, body }: { status: number; body: JsonObject }) {
  const scope = body['scope']
  if (typeof scope !== 'string') return { status, body }
  const granted = scope.split(/[\s,]+/).filter(Boolean)
  const implied = granted.flatMap((name) => (name.startsWith('write_') ? [`read_${name.slice(6)}`] : []))
  return { status, body: { ...body, scope: [...new Set([...granted, ...implied])].join(' ') } }
}
