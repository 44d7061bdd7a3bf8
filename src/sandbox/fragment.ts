/** The page of a provider that hands its token back in the fragment of the redirect. */
import type { FragmentToken } from '../catalog/define.ts'
import { type Taken, requestReader } from './declared.ts'
import { readDecision, showConsent, type Stand } from './decision.ts'
import { type Asked, type Reply, redirect } from './messages.ts'
import { renderProblemPage } from './pages.ts'
import type { Quirks } from './stand-in.ts'

export function createFragmentPage(
  options: Stand & { fragment: FragmentToken; quirks: Quirks; redirectUris: () => readonly string[] },
): (asked: Asked) => Reply {
  const { tools, provider, fragment, quirks } = options
  const search = Object.entries(fragment.authorization_params)
    .map(([name, template]) => `${encodeURIComponent(name)}=${encodeURIComponent(template)}`)
    .join('&')
  const read = requestReader({ url: `${fragment.authorization_endpoint}?${search}` }, '')

  /** What is wrong with the request; everything that is declared must be there, as it is declared. */
  function judge(taken: Taken | undefined): string | undefined {
    if (!taken) return 'A declared parameter is missing, or is not what it should be.'
    if (taken['client_id'] !== tools.client.client_id)
      return 'The client is not one that the sandbox gave out for this provider.'
    const back = URL.parse(taken['redirect_uri'] ?? '')
    const [address = ''] = (taken['redirect_uri'] ?? '').split('?')
    if (!back || back.hash || !options.redirectUris().includes(address))
      return `The return address ${address || '(none)'} is not registered for this client.`
    return undefined
  }

  return (asked) => {
    const { taken, place = {} } = read({ ...asked, method: 'GET' }) ?? {}
    const wrong = judge(taken)
    if (wrong !== undefined || !taken)
      return renderProblemPage({
        publicUrl: tools.publicUrl,
        title: 'This request cannot be answered',
        detail: wrong ?? '',
      })
    const redirectUri = taken['redirect_uri'] ?? ''
    const scopes = (taken['scope'] ?? '').split(/[ ,]+/).filter(Boolean)
    const { query } = asked
    if (asked.method !== 'POST') return showConsent(options, { query, scopes, redirectUri })
    const decision = readDecision(options, asked, scopes)
    if (decision.kind === 'other')
      return showConsent(options, { query, scopes, redirectUri, chosen: decision.account })
    if (decision.kind === 'denied')
      return redirect(
        `${redirectUri}#${new URLSearchParams({ [fragment.error_parameter]: 'access_denied', ...quirks.denial })}`,
      )
    const { account } = decision
    const lifetime = typeof quirks.lifetime === 'function' ? quirks.lifetime({}) : quirks.lifetime
    const expiresAt = lifetime === null ? null : tools.now() + lifetime * 1000
    const token = quirks.access({ name: 'main', account, scopes: decision.scopes, expiresAt })
    tools.tokens.put(token, {
      provider: provider.id,
      client: tools.client.client_id,
      account: account.id,
      scopes: decision.scopes,
      picked: decision.picked,
      place,
      use: 'access',
      name: 'main',
      family: tools.random(16),
      issuedAt: tools.now(),
      expiresAt,
    })
    return redirect(`${redirectUri}#${new URLSearchParams({ [fragment.token_parameter]: token })}`)
  }
}
