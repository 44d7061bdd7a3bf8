/** Zoho Inventory. https://www.zoho.com/inventory/api/v1 */
import { playZohoFinance } from '../families/zoho-finance.ts'

export default playZohoFinance({
  root: '/inventory/v1',
  header: 'x-com-zoho-inventory-organizationid',
  scope: 'ZohoInventory.fullaccess.all',
  lists: {
    items: ({ products }) =>
      products.map(({ id, sku, name, price, stock }) => ({
        item_id: `460000000028${id.padStart(6, '0')}`,
        name,
        sku,
        status: 'active',
        unit: 'pcs',
        rate: price / 100,
        stock_on_hand: stock,
        available_stock: stock,
      })),
  },
})
