/** What to do about a failed attempt, by its code. Texts name the place to look, not the inner workings. */
import type { Provider } from '../catalog/define.ts'
import { askedParameters } from '../catalog/parameters.ts'

/** What the hub knows of the integration, by which one of the known causes can be told from the others. */
export type Circumstances = {
  redirectUri: string | undefined
  /** What is not set: names of variables, labels of parameters. */
  missing: readonly string[]
  unusableScopes: readonly { scope: string; reason: string }[]
  unknownScopes: readonly string[]
  /** Of the attempt. */
  parameters: Readonly<Record<string, string>>
}

const NOTHING_KNOWN: Circumstances = {
  redirectUri: undefined,
  missing: [],
  unusableScopes: [],
  unknownScopes: [],
  parameters: {},
}

export function remediesFor(
  code: string,
  provider: Provider,
  known: Circumstances = NOTHING_KNOWN,
): string[] {
  const { name, env } = provider
  const asksHost = askedParameters(provider).find(({ required }) => required)
  const typed = asksHost ? known.parameters[asksHost.name] : undefined
  const given = typed === undefined ? '' : ` ("${typed}")`
  switch (code) {
    case 'access_denied':
      return [
        `You, or ${name}, said no. Connect again and allow what is asked for.`,
        `If ${name} requires an administrator's approval, ask them first.`,
      ]
    case 'not_configured':
      return [
        known.missing.length > 0
          ? `Set ${known.missing.join(' and ')}: the set-up page of ${name} shows where to get them.`
          : `Give ${name} an OAuth client on its set-up page.`,
      ]
    case 'invalid_client':
    case 'unauthorized_client':
    case 'client_rejected':
      return [
        ...(known.missing.length > 0 ? [`${known.missing.join(' and ')} is not set.`] : []),
        `Check ${env.client_id ?? 'the client id'} and ${env.client_secret ?? 'the client secret'}: they may be mistyped, swapped, or of another app.`,
        `Look in ${provider.setup.console_url} whether the app still exists.`,
      ]
    case 'redirect_uri_mismatch':
      return [
        known.redirectUri
          ? `Register this redirect URI in ${provider.setup.console_url}, character by character: ${known.redirectUri}`
          : `Register the redirect URI shown on ${name}'s set-up page in ${provider.setup.console_url}, character by character.`,
        ...(known.redirectUri?.startsWith('http:') && provider.setup.http_redirects !== 'loopback'
          ? [
              'It begins with http: many providers take https alone. Set TRUNKLINE_PUBLIC_URL to an https address.',
            ]
          : []),
      ]
    case 'invalid_scope':
      return [
        ...known.unusableScopes.map(({ scope, reason }) => `${scope} cannot be asked for: ${reason}`),
        ...(known.unknownScopes.length > 0
          ? [`The catalog does not know ${known.unknownScopes.join(', ')}: they may be mistyped.`]
          : []),
        `${name} does not allow this app a scope that was asked for. Compare the app's scopes with the set-up page.`,
      ]
    case 'invalid_grant':
      return [
        'The authorization code was used before or came too late. Connect again.',
        'If it happens every time, check that the clocks agree and that the redirect URI is registered exactly.',
      ]
    case 'proof_refused':
      return [
        'Finish in the browser and the session in which you began.',
        'If you signed in again meanwhile, or followed a link that somebody sent you, start over from your own page.',
      ]
    case 'callback_refused':
      return [
        'Connect again from your own page, and do not open an address of this hub that somebody sent you.',
        `If it happens every time, check that ${env.client_secret ?? 'the client secret'} is the one of this app: ${name}'s answer is checked with it.`,
      ]
    case 'attempt_expired':
      return ['Connect again; an attempt stays open for ten minutes.']
    case 'credential_refused':
      return [
        `Make a fresh secret at ${provider.setup.console_url} and paste it whole.`,
        ...(asksHost ? [`Check the ${asksHost.label.toLowerCase()}${given}.`] : []),
      ]
    case 'upstream_timeout':
    case 'upstream_unreachable':
    case 'upstream_error':
    case 'upstream_invalid_answer':
      return [
        `${name} could not be reached or answered with an error. Try again in a minute.`,
        ...(asksHost
          ? [`Check the ${asksHost.label.toLowerCase()}${given}: it decides which address is called.`]
          : []),
      ]
    default:
      return ['Connect again. If it keeps failing, run `trunkline doctor` and look at the hub’s log.']
  }
}
