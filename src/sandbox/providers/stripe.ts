/** Stripe by key: one account. https://docs.stripe.com/keys */
import { playStripe, stripeAccounts } from '../families/stripe.ts'
import type { CreateStandIn } from '../stand-in.ts'

const create: CreateStandIn = (tools) => ({
  ...playStripe(tools),
  accounts: stripeAccounts,
  values: () => ({
    apiKey: tools.hold({
      account: stripeAccounts[0].id,
      make: (derive) => `sk_test_51P${derive('key', 96)}`,
    }),
  }),
})

export default create
