/** What a bookkeeper of the two organizations would see, for the played accounting services. */
import { daysAgo, fernhill, quayside } from '../cast.ts'

export type Customer = { id: string; name: string; email: string }
export type Invoice = {
  id: string
  number: string
  customer: string
  /** In the smallest unit of the currency. */
  total: number
  paid: number
  date: string
  due: string
}
export type Product = { id: string; sku: string; name: string; price: number; stock: number }
export type Company = {
  id: string
  name: string
  country: string
  currency: string
  customers: Customer[]
  invoices: Invoice[]
  products: Product[]
  nextId: number
}

const BUYERS: readonly (readonly [string, string])[] = [
  ['City Riders', 'desk@cityriders.example'],
  ['Lena Marek', 'lena@post.example'],
  ['Harbour Couriers', 'accounts@harbour.example'],
]

const PRODUCTS: readonly (readonly [string, string, number, number])[] = [
  ['FRM-54', 'Touring frame, 54 cm', 64_900, 7],
  ['WHL-28', 'Wheel set, 28 inch', 21_900, 18],
  ['LGT-02', 'Dynamo light', 4_900, 42],
]

/** Amounts and dates are the same for every service, so that one story can be followed across them. */
export function seedCompanies(now: number, ids: readonly [string, string]): Company[] {
  const day = (days: number) => daysAgo(now, days).slice(0, 10)
  return [
    { id: ids[0], name: fernhill.name, country: 'GB', currency: 'GBP' },
    { id: ids[1], name: quayside.name, country: 'IE', currency: 'EUR' },
  ].map((company, index) => ({
    ...company,
    customers: BUYERS.slice(index).map(([name, email], at) => ({ id: String(at + 1), name, email })),
    invoices: [
      {
        id: '101',
        number: 'INV-1001',
        customer: '1',
        total: 129_800,
        paid: 129_800,
        date: day(40),
        due: day(10),
      },
      { id: '102', number: 'INV-1002', customer: '2', total: 21_900, paid: 0, date: day(20), due: day(-10) },
      {
        id: '103',
        number: 'INV-1003',
        customer: '1',
        total: 9_800,
        paid: 4_900,
        date: day(3),
        due: day(-27),
      },
    ],
    products: PRODUCTS.map(([sku, name, price, stock], at) => ({
      id: String(at + 201),
      sku,
      name,
      price,
      stock,
    })),
    nextId: 301,
  }))
}
