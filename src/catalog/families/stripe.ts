/** What Stripe's entries share: the API, its version, its events and how they are signed. */
import { type ReadAccount, readText, type WebhookSignature } from '../define.ts'

export const stripeApi = {
  base_url: 'https://api.stripe.com/v1',
  headers: { 'Stripe-Version': '2026-10-28.endive' },
} as const

export const readStripeAccount: ReadAccount = ({ body, parameters }) => {
  const email = readText(body, 'email')
  const id = readText(body, 'id') ?? ''
  const name =
    readText(body, 'settings.dashboard.display_name') || readText(body, 'business_profile.name') || id
  // Live and test data are two worlds that share one account id.
  const test = parameters['mode'] === 'test'
  return {
    id: test ? `${id}:test` : id,
    label: test ? `${name} (test mode)` : name,
    ...(email && { email }),
  }
}

export const stripeEvents: readonly string[] = [
  'payment_intent.succeeded',
  'payment_intent.payment_failed',
  'charge.refunded',
  'invoice.paid',
  'invoice.payment_failed',
  'customer.created',
  'customer.updated',
  'customer.deleted',
  'customer.subscription.created',
  'customer.subscription.updated',
  'customer.subscription.deleted',
]

/** https://docs.stripe.com/webhooks#verify-manually; the whole secret is the key, `whsec_` included. */
export function signedByStripe(secret: string): WebhookSignature {
  return {
    scheme: 'hmac-sha256',
    header: 'Stripe-Signature',
    encoding: 'hex',
    parts: { timestamp: 't', signature: 'v1' },
    signed: '{timestamp}.{body}',
    tolerance: 300,
    secret,
  }
}
