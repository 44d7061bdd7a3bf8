/** What providers need before people can connect: clients, redirect URIs, scopes, addresses. */
import type { Catalog } from '../catalog/catalog.ts'
import type { Provider } from '../catalog/define.ts'
import { readOperatorValues } from '../catalog/parameters.ts'
import { type Config, isLoopbackName } from '../config.ts'
import { HubError } from '../errors.ts'
import type { DeclaredEntry } from '../vault/declared.ts'
import type { IntegrationView } from '../vault/integrationSettings.ts'
import { judgeRedirectVariable } from '../vault/redirect.ts'
import type { SecretEntry } from '../vault/secretChanges.ts'
import type { Finding } from './finding.ts'

export function examineProviders(options: { config: Config; views: readonly IntegrationView[] }): Finding[] {
  const { config, views } = options
  const findings = views.flatMap((view) => examineProvider(config, view))
  const keyless = views.filter(
    ({ setup, redirectUri }) => setup.state === 'ready' && !(setup.hasClient && redirectUri),
  )
  if (keyless.length > 0)
    findings.push({
      code: 'provider_ready',
      severity: 'ok',
      area: 'providers',
      what: `Need no set-up here: ${keyless.map(({ integration }) => integration.provider.name).join(', ')}.`,
    })
  const idle = views.filter(({ setup }) => setup.state === 'missing' || setup.state === 'sandbox')
  if (idle.length > 0)
    findings.push({
      code: 'provider_without_client',
      severity: 'note',
      area: 'providers',
      what: `Not set up: ${idle.map(({ integration }) => integration.provider.name).join(', ')}.`,
      remedy: 'Each has a set-up guide in the dashboard, and a page in docs/providers.',
    })
  return findings
}

function examineProvider(config: Config, view: IntegrationView): Finding[] {
  const { setup, integration, redirectUri, scopes, endpoints } = view
  const { provider } = integration
  const about = { area: 'providers', provider: provider.id } as const
  const findings: Finding[] = []
  const inUse = setup.state === 'ready' || setup.state === 'half_set'
  if (setup.state === 'half_set')
    findings.push({
      ...about,
      code: 'provider_half_set',
      severity: 'error',
      what: `${provider.name} is half set: ${setup.missing.join(', ')} ${setup.missing.length === 1 ? 'is' : 'are'} missing.`,
      why:
        integration.mode === 'sandbox'
          ? 'Until all of it is there, the sandbox plays it.'
          : 'Nobody can connect it until all of it is there.',
      remedy: halfSetRemedy(setup.missing),
    })
  if (setup.state === 'ready' && setup.hasClient && redirectUri)
    findings.push({
      ...about,
      code: 'provider_ready',
      severity: 'ok',
      what: `${provider.name} is set up. Register there: ${redirectUri}`,
    })
  if ((setup.hasClient || setup.state === 'half_set') && redirectUri?.startsWith('http:'))
    findings.push(httpRedirect(provider, redirectUri))
  const repeated = judgeRedirectVariable({ ...integration, redirectUri: redirectUri ?? undefined })
  if (repeated)
    findings.push({
      ...about,
      code: 'redirect_uri_variable',
      severity: 'warning',
      what: repeated.what,
      why: `The variable changes nothing; whoever registers its value at ${provider.name} sees every flow refused.`,
      remedy: repeated.remedy,
    })
  try {
    readOperatorValues(
      provider,
      Object.fromEntries(
        view.parameters.flatMap(({ parameter, value }) => (value === null ? [] : [[parameter.name, value]])),
      ),
    )
  } catch (error) {
    if (!(error instanceof HubError)) throw error
    // What is required and was never set is told above.
    if (setup.missing.length === 0)
      findings.push({
        ...about,
        code: 'provider_parameter',
        severity: 'error',
        what: error.detail,
        why: 'Connecting is refused until it is mended.',
        remedy: `Set it anew on ${provider.name}'s set-up page.`,
      })
  }
  for (const { scope, reason } of inUse ? scopes.unusable : [])
    findings.push({
      ...about,
      code: 'scope_unusable',
      severity: 'error',
      what: `${provider.name} is asked for ${scope}, which it does not take: ${reason}`,
      why: 'The provider refuses the whole authorization.',
      remedy: `Take ${scope} out of ${provider.name}'s scopes.`,
    })
  if (inUse && scopes.unknown.length > 0)
    findings.push({
      ...about,
      code: 'scope_unknown',
      severity: 'warning',
      what: `${provider.name} is asked for scopes that the catalog does not know: ${scopes.unknown.join(', ')}.`,
      why: 'A mistyped scope makes the provider refuse the whole authorization.',
      remedy: "Compare them with the provider's documentation.",
    })
  for (const { host, baseUrl, source } of endpoints)
    findings.push({
      ...about,
      code: 'endpoint_override',
      severity: 'warning',
      what: `Traffic of ${provider.name} for ${host} goes to ${baseUrl}.`,
      why: 'Credentials travel there.',
      remedy:
        source === 'environment'
          ? 'If nobody meant that, take it out of TRUNKLINE_ENDPOINT_OVERRIDES.'
          : `If nobody meant that, remove the override on ${provider.name}'s set-up page.`,
    })
  // One that needs no client here is not set up for that by anybody.
  const isChosen = setup.variables.some(({ source }) => source !== null)
  const delivers = provider.webhooks?.mode === 'automatic' || provider.webhooks?.mode === 'app_level'
  if (setup.state === 'ready' && isChosen && delivers && isLoopbackName(new URL(config.publicUrl).hostname))
    findings.push({
      ...about,
      code: 'webhooks_unreachable',
      severity: 'warning',
      what: `${provider.name} cannot deliver events to ${config.publicUrl}.`,
      why: 'It is an address of this machine alone: changes are not heard of.',
      remedy: 'Set TRUNKLINE_PUBLIC_URL to an https address that reaches this hub.',
    })
  return findings
}

function halfSetRemedy(missing: readonly string[]): string {
  const variables = missing.filter((name) => /^[A-Z][A-Z0-9_]*$/.test(name))
  if (variables.length === missing.length)
    return `trunkline secrets set ${variables.map((name) => `${name}=...`).join(' ')}`
  return 'Complete it on the set-up page.'
}

/** Which http addresses a provider registers: some none, some those of this machine. */
function httpRedirect(provider: Provider, redirectUri: string): Finding {
  const about = { area: 'providers', provider: provider.id } as const
  const { hostname, port } = new URL(redirectUri)
  const taken = provider.setup.http_redirects
  const isTaken = taken === 'loopback' || taken === hostname
  if (taken === undefined || isTaken)
    return {
      ...about,
      code: 'redirect_uri_http',
      severity: isTaken ? 'note' : 'warning',
      what: `The redirect URI of ${provider.name} is http: ${redirectUri}`,
      why: isTaken
        ? 'It takes that for trying things on this machine.'
        : 'Many providers refuse http, and nobody else reaches this machine.',
      remedy: 'Set TRUNKLINE_PUBLIC_URL to an https address that reaches this hub.',
    }
  return {
    ...about,
    code: 'redirect_uri_refused',
    severity: 'error',
    what: `${provider.name} does not register ${redirectUri}`,
    why: taken === 'none' ? 'It takes https alone.' : `Of http addresses it takes only those of ${taken}.`,
    remedy:
      taken === 'none'
        ? 'Set TRUNKLINE_PUBLIC_URL to an https address that reaches this hub.'
        : `TRUNKLINE_PUBLIC_URL=http://${taken}${port ? `:${port}` : ''}, or an https address that reaches this hub.`,
  }
}

export function examineDeclared(entries: readonly DeclaredEntry[]): Finding[] {
  return entries.flatMap(({ id, problems }) =>
    problems.length === 0
      ? []
      : [
          {
            code: 'provider_declaration',
            severity: 'error',
            area: 'providers',
            provider: id,
            what: `The declaration of "${id}" is not in use: ${problems.map(({ path, message }) => `${path} ${message}`).join('; ')}.`,
            why: 'Its connections cannot be used or refreshed.',
            remedy: `Mend the JSON, then: trunkline providers add ${id}.json`,
          } satisfies Finding,
        ],
  )
}

export function examineSecrets(entries: readonly SecretEntry[]): Finding[] {
  return entries.flatMap((entry): Finding[] => {
    if (!entry.readable)
      return [
        {
          code: 'secret_unreadable',
          severity: 'error',
          area: 'vault',
          what: `${entry.name} in the vault does not open: its master key is not loaded.`,
          why: 'It counts as not set.',
          remedy: `Set it again: trunkline secrets set ${entry.name}=... Or bring the key back with TRUNKLINE_MASTER_KEY_PREVIOUS.`,
        },
      ]
    if (entry.source === 'both')
      return [
        {
          code: 'secret_shadowed',
          severity: 'note',
          area: 'vault',
          what: `${entry.name} is set in the environment and in the vault.`,
          why: 'The environment wins: what is set in the vault has no effect.',
          remedy: `Take it out of the environment, or: trunkline secrets unset ${entry.name}`,
        },
      ]
    if (entry.source === 'vault' && entry.usedBy.length === 0)
      return [
        {
          code: 'secret_unread',
          severity: 'note',
          area: 'vault',
          what: `No provider reads ${entry.name}.`,
          why: 'It may be mistyped, or left over.',
          remedy: `trunkline secrets unset ${entry.name}`,
        },
      ]
    return []
  })
}

/** Names in the configuration that mean nothing. */
export function examineNames(config: Config, catalog: Catalog): Finding[] {
  const unknown = (variable: string, ids: readonly string[]): Finding[] =>
    ids
      .filter((id) => !catalog.find(id))
      .map((id) => ({
        code: 'configuration_names_nothing',
        severity: 'warning',
        area: 'hub',
        what: `${variable} names "${id}", and there is no such provider.`,
        why: 'What was meant does not happen.',
        remedy: 'trunkline providers lists the ids.',
      }))
  return [
    ...unknown('TRUNKLINE_ENDPOINT_OVERRIDES', Object.keys(config.endpointOverrides)),
    ...unknown('TRUNKLINE_LIVE_PROVIDERS', config.liveProviders),
  ]
}
