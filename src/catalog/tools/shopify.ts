import type { Json } from '../define.ts'
import {
  choice,
  cursor,
  defineTools,
  email,
  integer,
  list,
  object,
  opt,
  pageSize,
  prose,
  text,
} from '../define-tools.ts'

/** Shopify grants the reading of what may be written. */
const needs = (what: string, access: 'read' | 'write') =>
  access === 'read' ? [[`read_${what}`], [`write_${what}`]] : [[`write_${what}`]]
const gid = (kind: string, description: string) =>
  text(description, { pattern: `^gid://shopify/${kind}/\\d+$`, maxLength: 100 })
const paging = { first: pageSize(100, 25), after: cursor('The endCursor of the answer before.') }
const words = (example: string) =>
  opt(text(`What to search for, in Shopify’s search syntax, for example ${example}.`, { maxLength: 1000 }))
const PAGE = 'pageInfo { hasNextPage endCursor }'
const MONEY = 'shopMoney { amount currencyCode }'
const ERRORS = 'userErrors { field message }'
const byCursor = (name: string) =>
  ({ by: 'cursor', input: 'after', at: `data.${name}.pageInfo.endCursor` }) as const
const graphql = (query: string, variables: { [key: string]: Json }) => ({
  method: 'POST' as const,
  path: '/graphql.json',
  body: { graphql: query, variables },
})
const listing = { first: '{first}', after: '{after}', query: '{query}' }
const checked = 'Shopify answers 200 for a change that it refuses, and says why in userErrors.'

export default defineTools({
  id: 'shopify',
  name: 'Shopify',
  summary: 'Reads products, orders, customers and stock, and changes them.',
  tools: [
    {
      name: 'shopify_list_products',
      title: 'List products',
      description: 'Lists or searches products, most recently changed first.',
      risk: 'read',
      scopes: needs('products', 'read'),
      input: { query: words('status:active title:bike*'), ...paging },
      http: graphql(
        `query ($first: Int!, $after: String, $query: String) { products(first: $first, after: $after, query: $query, sortKey: UPDATED_AT, reverse: true) { nodes { id title status totalInventory updatedAt } ${PAGE} } }`,
        listing,
      ),
      pagination: byCursor('products'),
    },
    {
      name: 'shopify_get_product',
      title: 'Read a product',
      description: 'Reads one product with its variants, prices and stock.',
      risk: 'read',
      scopes: needs('products', 'read'),
      input: { id: gid('Product', 'Id of the product, gid://shopify/Product/...') },
      http: graphql(
        'query ($id: ID!) { product(id: $id) { id title status descriptionHtml vendor productType tags variants(first: 100) { nodes { id sku title price inventoryQuantity inventoryItem { id } } } } }',
        { id: '{id}' },
      ),
    },
    {
      name: 'shopify_update_product',
      title: 'Change a product',
      description: 'Changes title, description or status of a product.',
      risk: 'write',
      idempotency: 'idempotent',
      scopes: needs('products', 'write'),
      input: {
        id: gid('Product', 'Id of the product.'),
        title: opt(text('New title.', { maxLength: 255 })),
        description_html: opt(prose('New description, as HTML.', 60_000)),
        status: opt(choice('New status.', ['ACTIVE', 'ARCHIVED', 'DRAFT'])),
      },
      http: graphql(
        `mutation ($product: ProductUpdateInput!) { productUpdate(product: $product) { product { id title status } ${ERRORS} } }`,
        {
          product: {
            id: '{id}',
            title: '{title}',
            descriptionHtml: '{description_html}',
            status: '{status}',
          },
        },
      ),
      note: checked,
    },
    {
      name: 'shopify_list_orders',
      title: 'List orders',
      description: 'Lists or searches orders, most recently changed first.',
      risk: 'read',
      scopes: needs('orders', 'read'),
      input: { query: words('financial_status:paid'), ...paging },
      http: graphql(
        `query ($first: Int!, $after: String, $query: String) { orders(first: $first, after: $after, query: $query, sortKey: UPDATED_AT, reverse: true) { nodes { id name createdAt displayFinancialStatus displayFulfillmentStatus totalPriceSet { ${MONEY} } customer { id displayName } } ${PAGE} } }`,
        listing,
      ),
      pagination: byCursor('orders'),
      note: 'Shopify gives the last 60 days, unless the app may read all orders.',
    },
    {
      name: 'shopify_get_order',
      title: 'Read an order',
      description: 'Reads one order with its lines, sums, customer and shipping.',
      risk: 'read',
      scopes: needs('orders', 'read'),
      input: { id: gid('Order', 'Id of the order, gid://shopify/Order/...') },
      http: graphql(
        `query ($id: ID!) { order(id: $id) { id name note createdAt displayFinancialStatus displayFulfillmentStatus totalPriceSet { ${MONEY} } customer { id displayName } lineItems(first: 100) { nodes { id title quantity sku } } } }`,
        { id: '{id}' },
      ),
    },
    {
      name: 'shopify_list_customers',
      title: 'List customers',
      description: 'Lists or searches customers.',
      risk: 'read',
      scopes: needs('customers', 'read'),
      input: { query: words('email:ada@example.com'), ...paging },
      http: graphql(
        `query ($first: Int!, $after: String, $query: String) { customers(first: $first, after: $after, query: $query) { nodes { id displayName numberOfOrders note tags updatedAt } ${PAGE} } }`,
        listing,
      ),
      pagination: byCursor('customers'),
    },
    {
      name: 'shopify_update_customer',
      title: 'Change a customer',
      description: 'Changes the note or the tags of a customer.',
      risk: 'write',
      idempotency: 'idempotent',
      scopes: needs('customers', 'write'),
      input: {
        id: gid('Customer', 'Id of the customer, gid://shopify/Customer/...'),
        note: opt(prose('New note.', 5000)),
        tags: opt(
          list('New tags, instead of those that are there.', text('', { maxLength: 255 }), { maxItems: 250 }),
        ),
      },
      http: graphql(
        `mutation ($input: CustomerInput!) { customerUpdate(input: $input) { customer { id displayName note tags } ${ERRORS} } }`,
        { input: { id: '{id}', note: '{note}', tags: '{tags}' } },
      ),
      note: checked,
    },
    {
      name: 'shopify_create_draft_order',
      title: 'Draft an order',
      description:
        'Creates a draft of an order, which nobody is charged for until it is completed in Shopify.',
      risk: 'write',
      scopes: needs('draft_orders', 'write'),
      input: {
        lines: list(
          'Variants and how many of each.',
          object('', {
            properties: {
              variantId: gid('ProductVariant', 'Id of the variant, gid://shopify/ProductVariant/...'),
              quantity: integer('How many.', { minimum: 1, maximum: 10_000 }),
            },
            required: ['variantId', 'quantity'],
            additionalProperties: false,
          }),
        ),
        email: opt(email('Address of the customer.')),
        note: opt(prose('Note.', 5000)),
      },
      http: graphql(
        `mutation ($input: DraftOrderInput!) { draftOrderCreate(input: $input) { draftOrder { id name invoiceUrl } ${ERRORS} } }`,
        { input: { lineItems: '{lines}', email: '{email}', note: '{note}' } },
      ),
      note: checked,
    },
    {
      name: 'shopify_inventory_levels',
      title: 'Read stock',
      description: 'Tells how many of an item are available at each location.',
      risk: 'read',
      scopes: [
        ['read_inventory', 'read_locations'],
        ['write_inventory', 'read_locations'],
      ],
      input: {
        inventory_item_id: gid('InventoryItem', 'Id of the item, gid://shopify/InventoryItem/...'),
        ...paging,
      },
      http: graphql(
        `query ($id: ID!, $first: Int!, $after: String) { inventoryItem(id: $id) { id sku inventoryLevels(first: $first, after: $after) { nodes { location { id name } quantities(names: ["available"]) { name quantity } } ${PAGE} } } }`,
        { id: '{inventory_item_id}', first: '{first}', after: '{after}' },
      ),
      pagination: byCursor('inventoryItem.inventoryLevels'),
    },
    {
      name: 'shopify_adjust_inventory',
      title: 'Adjust stock',
      description: 'Adds to or takes from what is available of items at locations.',
      risk: 'write',
      scopes: needs('inventory', 'write'),
      input: {
        reason: choice('Why.', [
          'correction',
          'cycle_count_available',
          'damaged',
          'received',
          'restock',
          'shrinkage',
        ]),
        changes: list(
          'Changes.',
          object('', {
            properties: {
              delta: integer('How many more; below zero: how many fewer.', {
                minimum: -1_000_000,
                maximum: 1_000_000,
              }),
              inventoryItemId: gid('InventoryItem', 'Id of the item.'),
              locationId: gid('Location', 'Id of the location, gid://shopify/Location/...'),
            },
            required: ['delta', 'inventoryItemId', 'locationId'],
            additionalProperties: false,
          }),
        ),
      },
      http: graphql(
        `mutation ($input: InventoryAdjustQuantitiesInput!) { inventoryAdjustQuantities(input: $input) { inventoryAdjustmentGroup { reason changes { name delta } } ${ERRORS} } }`,
        { input: { reason: '{reason}', name: 'available', changes: '{changes}' } },
      ),
      note: checked,
    },
  ],
})
