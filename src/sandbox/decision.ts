/** The consent page shown, and what the person did with it: the same for every kind of authorization. */
import type { Provider } from '../catalog/define.ts'
import { ACCOUNT_PARAMETER, renderConsent } from './consent.ts'
import { type Asked, type Reply, readForm } from './messages.ts'
import type { Account, StandIn, Tools } from './stand-in.ts'

export type Stand = {
  tools: Tools
  provider: Provider
  standIn: StandIn
  addAccount: (account: Account) => void
}

export type Decision =
  | { kind: 'denied' }
  /** Somebody who is not on the list: shown the page again, as themselves. */
  | { kind: 'other'; account: Account }
  | { kind: 'allowed'; account: Account; scopes: string[]; picked: string[] }

export function showConsent(
  { tools, provider, standIn }: Stand,
  shown: {
    query: URLSearchParams
    scopes: readonly string[]
    redirectUri: string
    chosen?: Account | undefined
  },
): Reply {
  const { query, scopes, redirectUri, chosen } = shown
  const accounts = tools.accounts()
  const wanted = query.get(ACCOUNT_PARAMETER)
  const account = chosen ?? accounts.find(({ id }) => id === wanted) ?? accounts[0]
  if (!account) throw new Error(`the stand-in of ${provider.id} has no account`)
  return renderConsent({
    publicUrl: tools.publicUrl,
    provider,
    standIn,
    accounts,
    account,
    query,
    scopes,
    redirectUri,
  })
}

export function readDecision(
  { tools, standIn, addAccount }: Stand,
  asked: Asked,
  requested: readonly string[],
): Decision {
  const form = readForm(asked)
  const decision = form.get('decision')
  if (decision === 'other') {
    const person = {
      id: tools.random(8, '123456789'),
      name: (form.get('name') ?? '').trim().slice(0, 80) || 'Someone',
      email: (form.get('email') ?? '').trim().slice(0, 120) || 'someone@example.com',
    }
    const account = standIn.createAccount?.(person) ?? person
    addAccount(account)
    return { kind: 'other', account }
  }
  const account = tools.accounts().find(({ id }) => id === form.get('account')) ?? tools.accounts()[0]
  if (decision !== 'allow' || !account) return { kind: 'denied' }
  const ticked = new Set(form.getAll('scope'))
  // A program that allows without naming scopes allows them all; the page names each that is ticked.
  const all = !form.has('page') && ticked.size === 0
  const fixed = standIn.oauth?.fixedScopes ?? []
  const choices = standIn.choices?.(account).options.map(({ value }) => value) ?? []
  return {
    kind: 'allowed',
    account,
    scopes: requested.filter((scope) => all || ticked.has(scope) || fixed.includes(scope)),
    picked: choices.filter((value) =>
      form.has('page') || form.has('picked') ? form.getAll('picked').includes(value) : true,
    ),
  }
}
