/** The control page and its API, below `{publicUrl}/` and `{publicUrl}/_control/`. */
import type { Json } from '../catalog/define.ts'
import type { Forge } from './forge.ts'
import type { Control, ProviderRecord } from './control.ts'
import { FAULT_KINDS, type FaultKind } from './faults.ts'
import { type Asked, isForm, json, type Reply, readArguments, redirect } from './messages.ts'
import { type Html, html, renderPage } from './pages.ts'

const FAULT_LABELS: Readonly<Record<FaultKind, string>> = {
  rate_limit: '429 with Retry-After',
  error_500: '500',
  error_503: '503',
  timeout: 'no answer at all',
  reset: 'connection reset',
  truncated: 'answer cut in half',
  slow: 'slow answer',
  html: 'HTML error page',
  empty: 'empty 200',
  invalid_client: 'invalid_client (token endpoint)',
  no_refresh_token: 'answer without refresh token',
  same_refresh_token: 'answer with the same refresh token',
  expires_in_missing: 'answer without expires_in',
  expires_in_zero: 'expires_in 0',
  expires_in_string: 'expires_in as text',
}

export function createControlPages({ publicUrl, control }: { publicUrl: string; control: Control }) {
  const origin = new URL(publicUrl).origin

  /** A page of another site may not turn the knobs, even though it can reach this machine through its visitor. */
  function isForeign(asked: Asked): boolean {
    const site = asked.headers['sec-fetch-site']
    if (site !== undefined) return site !== 'same-origin' && site !== 'none'
    const from = asked.headers.origin
    return from !== undefined && from !== origin
  }

  async function answer(asked: Asked): Promise<Reply> {
    const action = asked.host === '_control' ? asked.path.replace(/^\//, '') : ''
    if (asked.method === 'GET') {
      if (asked.host !== '_control') return renderControlPage(publicUrl, control)
      if (action === 'providers') return json(200, { data: control.providers() as unknown as Json })
      if (action === 'requests') {
        return json(200, {
          data: control.recent(asked.query.get('provider') ?? undefined) as unknown as Json,
        })
      }
      return json(404, { error: 'not_found' })
    }
    if (asked.method !== 'POST') return json(405, { error: 'method_not_allowed' })
    if (isForeign(asked))
      return json(403, { error: 'foreign_origin', message: 'The knobs are turned from this page only.' })
    try {
      const result = await change(action, readArguments(asked))
      if (result === undefined) return json(404, { error: 'not_found' })
      return isForm(asked) ? redirect(`${publicUrl}/`, 303) : json(200, result)
    } catch (error) {
      return json(400, { error: 'invalid', message: error instanceof Error ? error.message : 'unknown' })
    }
  }

  async function change(action: string, input: Record<string, string>): Promise<Json | undefined> {
    const provider = input['provider'] ?? ''
    switch (action) {
      case 'fault': {
        const kind = FAULT_KINDS.find((one) => one === input['kind'])
        if (!kind) throw new Error(`kind must be one of ${FAULT_KINDS.join(', ')}`)
        const on = (['api', 'token', 'both'] as const).find((one) => one === input['on']) ?? 'both'
        control.fault(provider, {
          kind,
          on,
          times: readNumber(input, 'times', 1),
          retryAfter: readNumber(input, 'retryAfter', 2),
          delay: readNumber(input, 'delay', 1000),
        })
        return {}
      }
      case 'clear':
        control.clearFaults(provider || undefined)
        return {}
      case 'expire':
        return { ended: control.expire(provider) }
      case 'revoke':
        return { ended: control.revoke(provider, input['account'] || undefined, readKind(input['kind'])) }
      case 'settings': {
        const { rotation, lifetime } = input
        control.settings(provider, {
          ...(rotation !== undefined && { rotation: rotation === 'true' || rotation === 'on' }),
          ...(lifetime !== undefined && { lifetime: readLifetime(lifetime) }),
        })
        return {}
      }
      case 'forge':
        return turnForge(control.forge, input['site'] ?? '', input['what'] ?? '')
      case 'reset':
        control.reset()
        return {}
      default:
        return undefined
    }
  }

  return { answer }
}

function readNumber(input: Record<string, string>, name: string, fallback: number): number {
  const value = Number(input[name] || fallback)
  if (!Number.isFinite(value) || value < 0) throw new Error(`${name} must be a number from 0 up`)
  return value
}

function readKind(value: string | undefined): 'oauth' | 'static' | undefined {
  return value === 'oauth' || value === 'static' ? value : undefined
}

/** Seconds; `null` or `never` for no end; empty or `default` for what the provider does. */
function readLifetime(value: string): number | null | undefined {
  if (value === '' || value === 'default') return undefined
  if (value === 'null' || value === 'never') return null
  return readNumber({ value }, 'value', 0)
}

function renderControlPage(publicUrl: string, control: Control): Reply {
  const providers = control.providers()
  const rows = control
    .recent()
    .slice(0, 50)
    .map(
      (one) => html`<tr><td>${one.at.slice(11, 19)}</td><td>${one.provider}</td><td>${one.method}</td>
<td><code>${one.host}${one.path}</code>${one.grant_type && ` ${one.grant_type}`}</td><td>${one.status || 'none'}</td><td>${one.fault}</td></tr>`,
    )
  const body = html`
<h1>Sandbox</h1>
<p>The services below are played on this machine. What a knob does shows in the hub as it would with the real service.</p>
${providers.map((provider) => renderProvider(publicUrl, provider))}
${renderForge(publicUrl, control.forge)}
<h2>Requests</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Recent requests"><table><thead><tr><th scope="col">Time (UTC)</th><th scope="col">Provider</th><th scope="col">Method</th><th scope="col">Address</th><th scope="col">Status</th><th scope="col">Fault</th></tr></thead>
<tbody>${rows}</tbody></table></div>
<form method="post" action="${publicUrl}/_control/reset"><div class="row"><button class="small">Reset the whole sandbox</button></div></form>`
  return renderPage({ publicUrl, title: 'Sandbox control', body, wide: true })
}

async function turnForge(forge: Forge, site: string, what: string): Promise<Json> {
  switch (what) {
    case 'install':
      return { ...(await forge.install(site)) }
    case 'trigger':
      return { ...(await forge.trigger(site)) }
    case 'uninstall':
      return { ...(await forge.uninstall(site)) }
    case 'connect-confluence':
    case 'disconnect-confluence':
      forge.connectConfluence(site, what === 'connect-confluence')
      return {}
    default:
      throw new Error('what must be install, trigger, uninstall, connect-confluence or disconnect-confluence')
  }
}

function renderForge(publicUrl: string, forge: Forge): Html {
  const button = (site: string, what: string, label: string) =>
    html`<form class="row" method="post" action="${publicUrl}/_control/forge"><input type="hidden" name="site" value="${site}"><input type="hidden" name="what" value="${what}"><button class="small">${label}</button></form>`
  const sites = forge.sites().map(
    ({ cloudId, slug, installation }) => html`<li>${slug}.atlassian.net <span class="quiet">${
      installation
        ? `app installed${installation.confluence ? ', connected to Confluence' : ''}`
        : 'app not installed'
    }</span>
${
  installation
    ? html`${button(cloudId, 'trigger', 'Send a fresh token')}
${installation.confluence ? button(cloudId, 'disconnect-confluence', 'Disconnect Confluence') : button(cloudId, 'connect-confluence', 'Connect Confluence')}
${button(cloudId, 'uninstall', 'Uninstall the app')}`
    : button(cloudId, 'install', 'Install the app')
}</li>`,
  )
  return html`<details><summary>Atlassian Forge: the app on your sites</summary><ul class="plain">${sites}</ul></details>`
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}

function renderProvider(publicUrl: string, provider: ProviderRecord): Html {
  const { id, name, client_id, accounts, grants, settings, faults } = provider
  const form = (
    action: string,
    content: Html,
  ) => html`<form class="row" method="post" action="${publicUrl}/_control/${action}">
<input type="hidden" name="provider" value="${id}">${content}</form>`
  const kinds = FAULT_KINDS.map((kind) => html`<option value="${kind}">${FAULT_LABELS[kind]}</option>`)
  return html`<details><summary>${name}: ${count(grants.length, 'live grant')}${faults.length > 0 && `, ${count(faults.length, 'fault')} waiting`}</summary>
<ul class="plain">${grants.map(
    (
      grant,
    ) => html`<li>${grant.label} <span class="quiet">(${grant.kind === 'static' ? 'key or password' : `${count(grant.scopes.length, 'scope')}, ${count(grant.live_tokens, 'token')}`})</span>
${form('revoke', html`<input type="hidden" name="account" value="${grant.account}"><input type="hidden" name="kind" value="${grant.kind}"><button class="small">Revoke at the provider</button>`)}</li>`,
  )}</ul>
<p class="quiet">Accounts: ${accounts.map((account) => `${account.name} (${account.id})`).join(', ')}.</p>
${form(
  'fault',
  html`<label>Next calls answer <select name="kind">${kinds}</select></label>
<label>How many <input name="times" type="number" min="1" max="1000" value="1"></label>
<label>Where <select name="on"><option value="both">everywhere</option><option value="api">API</option><option value="token">token endpoint</option></select></label>
<label>Retry-After, s <input name="retryAfter" type="number" min="0" max="86400" value="2"></label>
<label>Delay, ms <input name="delay" type="number" min="0" max="600000" value="1000"></label>
<button class="small">Set</button>`,
)}
${faults.length > 0 && form('clear', html`<span>Waiting: ${faults.map((fault) => `${fault.kind} x ${fault.left} (${fault.on})`).join(', ')}</span><button class="small">Clear</button>`)}
${
  client_id !== null &&
  html`${form('expire', html`<button class="small">Expire access tokens now</button>`)}
${form(
  'settings',
  html`<label>Lifetime of new access tokens, s (default, never, or a number)
<input name="lifetime" type="text" value="${settings.lifetime === null ? 'never' : settings.lifetime}"></label>
${settings.rotation !== null && html`<label>Token rotation <select name="rotation"><option value="false"${!settings.rotation && html` selected`}>off</option><option value="true"${settings.rotation && html` selected`}>on</option></select></label>`}
<button class="small">Save</button>`,
)}`
}
</details>`
}
