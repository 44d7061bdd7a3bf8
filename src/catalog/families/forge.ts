/** Atlassian Forge Remote: the hub as the remote backend of an app that is installed on a site. */
import { type InstalledApp, type JsonObject, readText, type VerifiedAccess } from '../define.ts'
import { wrongScope } from './atlassian.ts'

const CONNECTED_APPS = 'Go to Apps, Platform Experiences, Sites, and choose the site; then Connected Apps.'

/** https://developer.atlassian.com/platform/forge/remote/essentials, read in November 2026. */
export const forgeApp: InstalledApp = {
  kind: 'installed_app',
  label: 'Atlassian Forge app',
  invocation: {
    issuer: 'forge/invocation-token',
    jwks_uri: 'https://forge.cdn.prod.atlassian-dev.net/.well-known/jwks.json',
    audience: {
      variable: 'FORGE_APP_ID',
      sandbox: 'ari:cloud:ecosystem::app/5a4d0b0c-7e1b-4a65-9d52-7472756e6b6c',
    },
  },
  token_header: 'x-forge-oauth-system',
  read: readForgeCall,
  verify: { url: '/rest/api/3/serverInfo' },
  account: ({ body, parameters }) => ({
    id: `site ${parameters['cloudId'] ?? ''}`,
    label: readText(body, 'baseUrl')?.replace(/^https:\/\//, '') ?? parameters['site'] ?? 'Atlassian site',
  }),
  instructions: [
    'Register the app of the folder forge/ as your own with the Forge CLI, and set FORGE_APP_ID to its id.',
    "Set the address of this hub in the app's manifest, and deploy it.",
    'Install the app on the Atlassian site: Jira is then connected for the organization.',
  ],
  revoke: {
    url: 'https://admin.atlassian.com',
    steps: [
      CONNECTED_APPS,
      "Find this hub's app in the list and choose View app details.",
      'Choose Uninstall, and confirm. It ends what goes through the app on that site, Confluence included.',
    ],
  },
}

/** Confluence of the same site, by the credential of the Jira connection: a Forge app's token, or an OAuth grant. */
export const confluenceAccess: VerifiedAccess = {
  kind: 'verified_access',
  label: 'Through the Jira connection',
  through: 'jira',
  verify: { url: '/wiki/rest/api/search?cql=type%3Dpage&limit=1' },
  account: ({ parameters }) => ({
    id: `site ${parameters['cloudId'] ?? ''}`,
    label: parameters['site'] ? `${parameters['site']}.atlassian.net` : 'Atlassian site',
  }),
  setup_required: [wrongScope],
  presence: {
    request: { url: 'https://{site}.atlassian.net/wiki/' },
    absent: [{ status: 404 }],
  },
  steps: [
    'Open https://admin.atlassian.com as an administrator of the site.',
    CONNECTED_APPS,
    "Find this hub's app in the list and choose View app details.",
    'On the Connections tab find Confluence, choose Connect, review the permissions and confirm with Connect.',
    'Where Jira is connected by OAuth instead of an installed app: choose the scopes "Jira and Confluence" for Jira, and reconnect it.',
    'Come back here and choose Verify Access.',
  ],
  revoke: {
    url: 'https://admin.atlassian.com',
    steps: [
      CONNECTED_APPS,
      "Find this hub's app in the list and choose View app details.",
      'On the Connections tab find Confluence and choose Disconnect. Jira stays connected.',
      'Where Jira is connected by OAuth instead of an installed app: one grant reaches both, and ends with that of Jira.',
    ],
  },
}

/**
 * Lifecycle events name themselves in the body; a scheduled trigger names nothing. The claims decide which
 * installation and which site it is about, because they alone are signed.
 */
export function readForgeCall({
  claims,
  body,
}: {
  claims: JsonObject
  body: JsonObject
}): ReturnType<InstalledApp['read']> {
  const installation = readText(claims, 'app.installationId')
  const api = readText(claims, 'app.apiBaseUrl') ?? ''
  const [, product, ofApi] = /^https:\/\/api\.atlassian\.com\/ex\/(\w+)\/([0-9a-f-]{36})\/?$/.exec(api) ?? []
  const cloudId = readText(claims, 'context.cloudId') ?? ofApi
  // One app may be installed in several products of a site; this is about Jira's.
  if (!installation || !cloudId || (product !== undefined && product !== 'jira')) return undefined
  const site = /^https:\/\/([a-z0-9-]+)\.atlassian\.net\/?$/.exec(
    readText(claims, 'context.siteUrl') ?? '',
  )?.[1]
  const event = readText(body, 'eventType')
  return {
    event:
      event === 'avi:forge:installed:app'
        ? 'installed'
        : event === 'avi:forge:uninstalled:app'
          ? 'uninstalled'
          : 'alive',
    installation,
    parameters: { cloudId, ...(site && { site }) },
  }
}
