/** Stripe Connect: accounts that let a platform in. https://docs.stripe.com/connect/oauth-reference */
import { playStripe, stripeAccounts } from '../families/stripe.ts'
import { json, type Reply, readBearer, readForm } from '../messages.ts'
import { type CreateStandIn, open, type TokenProblem } from '../stand-in.ts'

const PROBLEMS: Readonly<Record<TokenProblem, readonly [number, string, string]>> = {
  bad_format: [400, 'invalid_request', 'The request is malformed'],
  bad_client: [401, 'invalid_client', 'No such API key'],
  bad_code: [400, 'invalid_grant', 'Authorization code does not exist'],
  used_code: [400, 'invalid_grant', 'This authorization code has already been used'],
  expired_code: [400, 'invalid_grant', 'Authorization code expired'],
  bad_redirect_uri: [400, 'invalid_grant', 'Redirect URI does not match'],
  bad_verifier: [400, 'invalid_grant', 'Authorization code does not exist'],
  bad_refresh_token: [400, 'invalid_grant', 'Refresh token does not exist'],
  bad_grant_type: [400, 'unsupported_grant_type', 'Unsupported grant type'],
}

const create: CreateStandIn = (tools) => {
  const played = playStripe(tools)

  /** The platform's secret key says who asks, the account whose access ends. */
  function deauthorize(bearer: string | undefined, form: URLSearchParams): Reply {
    if (bearer !== tools.client.client_secret)
      return json(401, { error: 'invalid_client', error_description: 'No such API key' })
    const account = form.get('stripe_user_id') ?? ''
    const known = form.get('client_id') === tools.client.client_id
    if (!known || tools.tokens.endGrant({ client: tools.client.client_id, account }) === 0)
      return json(401, {
        error: 'invalid_client',
        error_description: `This application is not connected to stripe account ${account}, or that account does not exist.`,
      })
    return json(200, { stripe_user_id: account })
  }

  return {
    ...played,
    hosts: ['api.stripe.com', 'files.stripe.com', 'connect.stripe.com'],
    accounts: stripeAccounts,
    createAccount: ({ id, name, email }) => ({ id: `acct_1P${id.padEnd(14, '0')}`, name, email }),
    oauth: {
      code: () => `ac_${tools.random(32)}`,
      access: () => `sk_test_51P${tools.random(96)}`,
      refresh: () => `rt_${tools.random(48)}`,
      lifetime: null,
      refreshesForGood: true,
      denial: { error_description: 'The user denied your request' },
      answer: ({ tokens: { main }, account }) => {
        const { scopes = [], ...issued } = main ?? {}
        return json(200, {
          ...issued,
          livemode: false,
          token_type: 'bearer',
          stripe_publishable_key: `pk_test_51P${tools.derive(account.id, 96)}`,
          stripe_user_id: account.id,
          scope: scopes.join(' '),
        })
      },
      failure: (problem) => {
        const [status, error, error_description] = PROBLEMS[problem]
        return json(status, { error, error_description })
      },
    },
    routes: [
      ...played.routes,
      open(
        'POST',
        '/oauth/deauthorize',
        ({ asked }) => deauthorize(readBearer(asked.headers.authorization), readForm(asked)),
        { host: 'connect.stripe.com' },
      ),
    ],
  }
}

export default create
