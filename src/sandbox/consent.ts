/** The page on which a person lets the hub in, or does not. */
import type { OAuth2, Provider } from '../catalog/define.ts'
import type { Reply } from './messages.ts'
import { type Html, html, renderPage } from './pages.ts'
import type { Account, StandIn } from './stand-in.ts'

/** Query parameter that names the account on the page; it never leaves the sandbox. */
export const ACCOUNT_PARAMETER = 'sandbox_account'

export type Consent = {
  publicUrl: string
  provider: Provider
  standIn: StandIn
  accounts: readonly Account[]
  account: Account
  query: URLSearchParams
  scopes: readonly string[]
  redirectUri: string
}

export function renderConsent(consent: Consent): Reply {
  const { provider, account, publicUrl } = consent
  const body = html`
<h1>Let Trunkline use your ${provider.name} account?</h1>
<p>Signed in as <strong>${account.name}</strong>${account.detail ? html` in <strong>${account.detail}</strong>` : ''} (${account.email}).</p>
${renderAccounts(consent)}
<form method="post">
<input type="hidden" name="page" value="consent">
<input type="hidden" name="account" value="${account.id}">
${renderScopes(consent)}
${renderChoices(consent)}
<p class="quiet">Afterwards you are sent back to ${new URL(consent.redirectUri).host}.</p>
<div class="row">
<button class="primary" name="decision" value="allow">Allow</button>
<button name="decision" value="deny">Deny</button>
</div>
</form>`
  return renderPage({ publicUrl, title: `Sign in to ${provider.name} (sandbox)`, body })
}

function renderAccounts({ accounts, account, query }: Consent): Html {
  const link = (id: string) => {
    const next = new URLSearchParams(query)
    next.set(ACCOUNT_PARAMETER, id)
    return `?${next}`
  }
  return html`<details>
<summary>Use another account</summary>
<ul class="plain">${accounts.map(
    (
      one,
    ) => html`<li><a class="account" href="${link(one.id)}"${one.id === account.id && html` aria-current="true"`}>
<strong>${one.name}</strong><span class="quiet">${one.email}${one.detail && `, ${one.detail}`}</span></a></li>`,
  )}</ul>
<form method="post">
<h2>Someone who is not listed</h2>
<label for="name">Name</label>
<input id="name" name="name" type="text" required maxlength="80" autocomplete="off">
<label for="email">E-mail</label>
<input id="email" name="email" type="email" required maxlength="120" autocomplete="off">
<button name="decision" value="other">Continue as this person</button>
</form>
</details>`
}

function renderScopes({ provider, standIn, scopes }: Consent): Html {
  if (scopes.length === 0) return html`<p>${provider.permissions_note ?? 'No permissions are asked for.'}</p>`
  const fixed = new Set(standIn.oauth?.fixedScopes)
  const checks = scopes.map((scope) => {
    const known = provider.scopes?.[scope]
    const extra = known?.token ? ` (${known.token} token)` : ''
    return html`<label class="check"><input type="checkbox" name="scope" value="${scope}" checked${fixed.has(scope) && html` disabled`}>
<span>${known?.why ?? scope}<code>${scope}${extra}</code></span></label>${fixed.has(scope) && html`<input type="hidden" name="scope" value="${scope}">`}`
  })
  const note = standIn.oauth?.partialConsent
    ? 'Untick what you do not want to give.'
    : `${provider.name} itself grants all of these or none; unticking one here shows how the hub treats a smaller grant.`
  return html`<fieldset><legend>Trunkline would like to</legend>${checks}<p class="quiet">${note}</p></fieldset>`
}

function renderChoices({ standIn, account }: Consent): Html | undefined {
  const choices = standIn.choices?.(account)
  if (!choices) return undefined
  return html`<fieldset><legend>${choices.legend}</legend>${choices.options.map(
    (
      option,
    ) => html`<label class="check"><input type="checkbox" name="picked" value="${option.value}" checked>
<span>${option.label}${option.hint && html`<code>${option.hint}</code>`}</span></label>`,
  )}</fieldset>`
}

/** Scopes of the authorization request, those of extra tokens included, in the order they were asked for. */
export function readRequestedScopes(oauth: OAuth2, query: URLSearchParams): string[] {
  const parameters = ['scope', ...Object.values(oauth.scope_params ?? {})]
  const found = parameters.flatMap((name) => (query.get(name) ?? '').split(/[ ,]+/))
  return [...new Set(found.filter(Boolean))]
}
