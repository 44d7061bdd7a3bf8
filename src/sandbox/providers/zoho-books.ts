/** Zoho Books. https://www.zoho.com/books/api/v3 */
import { playZohoFinance } from '../families/zoho-finance.ts'

export default playZohoFinance({
  root: '/books/v3',
  header: 'x-com-zoho-books-organizationid',
  scope: 'ZohoBooks.fullaccess.all',
  lists: {
    invoices: ({ invoices, customers, currency }) =>
      invoices.map(({ id, number, customer, total, paid, date, due }) => ({
        invoice_id: `460000000027${id.padStart(6, '0')}`,
        invoice_number: number,
        customer_name: customers.find((one) => one.id === customer)?.name ?? '',
        status: paid === total ? 'paid' : 'sent',
        date,
        due_date: due,
        currency_code: currency,
        total: total / 100,
        balance: (total - paid) / 100,
      })),
  },
})
