/** What to do about a failed attempt, by its code. Texts name the place to look, not the inner workings. */
import type { Provider } from '../catalog/define.ts'
import { askedParameters } from '../catalog/parameters.ts'

export function remediesFor(code: string, provider: Provider): string[] {
  const { name, env } = provider
  const asksHost = askedParameters(provider).find(({ required }) => required)
  switch (code) {
    case 'access_denied':
      return [
        `You, or ${name}, said no. Connect again and allow what is asked for.`,
        `If ${name} requires an administrator's approval, ask them first.`,
      ]
    case 'invalid_client':
    case 'unauthorized_client':
    case 'client_rejected':
      return [
        `Check ${env.client_id ?? 'the client id'} and ${env.client_secret ?? 'the client secret'}: they may be mistyped, swapped, or of another app.`,
        `Look in ${provider.setup.console_url} whether the app still exists.`,
      ]
    case 'redirect_uri_mismatch':
      return [
        `Register the redirect URI shown on ${name}'s set-up page in ${provider.setup.console_url}, character by character.`,
      ]
    case 'invalid_scope':
      return [
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
        ...(asksHost ? [`Check the ${asksHost.label.toLowerCase()}.`] : []),
      ]
    case 'upstream_timeout':
    case 'upstream_unreachable':
    case 'upstream_error':
    case 'upstream_invalid_answer':
      return [
        `${name} could not be reached or answered with an error. Try again in a minute.`,
        ...(asksHost
          ? [`Check the ${asksHost.label.toLowerCase()}: it decides which address is called.`]
          : []),
      ]
    default:
      return ['Connect again. If it keeps failing, run `trunkline doctor` and look at the hub’s log.']
  }
}
