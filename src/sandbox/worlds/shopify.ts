/** What is in a shop of the sandbox. */
import { cast, daysAgo } from '../cast.ts'

export type Product = {
  id: string
  title: string
  status: 'ACTIVE' | 'DRAFT' | 'ARCHIVED'
  vendor: string
  totalInventory: number
  updatedAt: string
  variants: { id: string; sku: string; price: string; inventoryItem: string }[]
}
export type Customer = {
  id: string
  firstName: string
  lastName: string
  email: string
  tags: string[]
  updatedAt: string
}
export type Order = {
  id: string
  name: string
  customer: string
  createdAt: string
  updatedAt: string
  displayFinancialStatus: string
  displayFulfillmentStatus: string
  total: string
}
export type Subscription = { id: string; topic: string; callbackUrl: string }
export type Shop = {
  nextId: number
  products: Product[]
  customers: Customer[]
  orders: Order[]
  drafts: { id: string; name: string; status: string; email: string | null; total: string }[]
  /** Quantity by inventory item. */
  stock: Record<string, number>
  subscriptions: Subscription[]
}

export const gid = (type: string, id: number | string) => `gid://shopify/${type}/${id}`
export const LOCATION = { id: gid('Location', 655441491), name: 'Workshop' }

export function seedShop(now: number): Shop {
  const at = (days: number) => daysAgo(now, days)
  const product = (number: number, title: string, price: string, stock: number, days: number): Product => ({
    id: gid('Product', 8_100_000 + number),
    title,
    status: 'ACTIVE',
    vendor: 'Fernhill',
    totalInventory: stock,
    updatedAt: at(days),
    variants: [
      {
        id: gid('ProductVariant', 4_400_000 + number),
        sku: `FH-${String(number).padStart(3, '0')}`,
        price,
        inventoryItem: gid('InventoryItem', 3_300_000 + number),
      },
    ],
  })
  const products = [
    product(1, 'Brass bell', '12.00', 40, 1),
    product(2, 'Wicker basket', '29.00', 8, 3),
    product(3, 'City frame', '420.00', 3, 12),
  ]
  const customer = (number: number, name: string, email: string): Customer => ({
    id: gid('Customer', 7_700_000 + number),
    firstName: name.split(' ')[0] ?? '',
    lastName: name.split(' ').slice(1).join(' '),
    email,
    tags: [],
    updatedAt: at(5),
  })
  const customers = [
    customer(1, 'Noor Petrov', 'noor@riders.example'),
    customer(2, cast.dmitri.name, cast.dmitri.email),
  ]
  const order = (number: number, total: string, paid: string, sent: string): Order => ({
    id: gid('Order', 5_500_000 + number),
    name: `#${1000 + number}`,
    customer: customers[number % 2]?.id ?? '',
    createdAt: at(10 - number),
    updatedAt: at(10 - number),
    displayFinancialStatus: paid,
    displayFulfillmentStatus: sent,
    total,
  })
  return {
    nextId: 9_000_001,
    products,
    customers,
    orders: [
      order(1, '41.00', 'PAID', 'FULFILLED'),
      order(2, '420.00', 'PAID', 'UNFULFILLED'),
      order(3, '12.00', 'PENDING', 'UNFULFILLED'),
    ],
    drafts: [],
    stock: Object.fromEntries(
      products.flatMap(({ variants, totalInventory }) =>
        variants.map((one) => [one.inventoryItem, totalInventory]),
      ),
    ),
    subscriptions: [],
  }
}
