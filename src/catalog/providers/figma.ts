import { defineProvider, readText } from '../define.ts'

export default defineProvider({
  id: 'figma',
  name: 'Figma',
  category: 'Engineering & DevOps',
  summary: 'Read files, their metadata, comments and versions.',
  aliases: ['design', 'prototype', 'figjam', 'components'],
  family: 'figma',
  hosts: ['api.figma.com'],
  callback: 'universal',
  env: { client_id: 'FIGMA_CLIENT_ID', client_secret: 'FIGMA_CLIENT_SECRET' },
  auth: [
    {
      kind: 'oauth2',
      label: 'Sign in with Figma',
      authorization_endpoint: 'https://www.figma.com/oauth',
      token_endpoint: 'https://api.figma.com/v1/oauth/token',
      refresh_endpoint: 'https://api.figma.com/v1/oauth/refresh',
      token_endpoint_auth_method: 'client_secret_basic',
      scope_separator: ',',
      refresh: {
        rotates: 'never',
        dead: ['invalid_grant'],
        note: 'Access tokens live 90 days. The refresh token stays the same; the answer to a refresh holds none.',
      },
      code_lifetime: 30,
    },
    {
      kind: 'api_key',
      label: 'Personal access token',
      fields: [
        {
          name: 'token',
          label: 'Personal access token',
          pattern: '^figd_[A-Za-z0-9_-]{20,200}$',
          example: 'figd_AbCdEf...',
          required: true,
          secret: true,
          mismatch: 'A personal access token begins with figd_.',
        },
      ],
      authorization: { scheme: 'header', name: 'X-Figma-Token', value: '{token}' },
      instructions: [
        'In Figma open the account menu, Settings, Security.',
        'Under Personal access tokens choose Generate new token. Set an expiry, and the scopes shown on this page.',
        'Copy the token and paste it here. Figma shows it once.',
      ],
    },
  ],
  scopes: {
    'current_user:read': {
      why: 'Reads name, e-mail and picture, to show which account is connected.',
      access: 'read',
    },
    'file_content:read': {
      why: 'Reads what is in a file: pages, frames, texts and rendered images.',
      access: 'read',
    },
    'file_metadata:read': {
      why: 'Reads when a file was changed, by whom, and where it lies.',
      access: 'read',
    },
    'file_comments:read': { why: 'Reads the comments on a file.', access: 'read' },
    'file_comments:write': { why: 'Adds comments to a file, and removes its own.', access: 'write' },
    'file_versions:read': { why: 'Reads the history of versions of a file.', access: 'read' },
    'folders:read': {
      why: 'Lists folders, which were called projects, and the files in them.',
      access: 'read',
    },
    'webhooks:read': { why: 'Lists the webhooks that were made with this app.', access: 'read' },
    'webhooks:write': { why: 'Makes and removes webhooks, so that changes arrive at once.', access: 'write' },
  },
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'Reads files, their metadata and comments. Each has to be ticked in the app as well.',
      scopes: ['current_user:read', 'file_content:read', 'file_metadata:read', 'file_comments:read'],
    },
    automation: {
      label: 'Automation',
      note: 'What file_read of the guide for automation meant, in the names of today.',
      scopes: [
        'current_user:read',
        'file_content:read',
        'file_metadata:read',
        'file_comments:read',
        'file_versions:read',
      ],
      documented: {
        scopes: ['file_read'],
        reason:
          'Figma removed file_read and its follower files:read in November 2025; single scopes took their place.',
      },
    },
    with_comments: {
      label: 'With comments',
      note: 'The recommended scopes, versions, folders, and adding comments.',
      scopes: [
        'current_user:read',
        'file_content:read',
        'file_metadata:read',
        'file_comments:read',
        'file_comments:write',
        'file_versions:read',
        'folders:read',
      ],
    },
    with_webhooks: {
      label: 'With webhooks',
      note: 'The recommended scopes and those that make and remove webhooks.',
      scopes: [
        'current_user:read',
        'file_content:read',
        'file_metadata:read',
        'file_comments:read',
        'webhooks:read',
        'webhooks:write',
      ],
    },
  },
  api: {
    base_url: 'https://api.figma.com',
    errors: {
      // A token that ended or is not known is a 403 here, as a missing permission is; only the text differs.
      unauthorized: [{ status: 403, at: 'err', equals: ['Invalid token', 'Token expired'] }],
    },
  },
  verify: { url: '/v1/me' },
  account: ({ body }) => {
    const email = readText(body, 'email')
    const avatar = readText(body, 'img_url')
    return {
      id: readText(body, 'id') ?? '',
      label: email ?? readText(body, 'handle') ?? '',
      ...(email && { email }),
      ...(avatar && { avatar }),
    }
  },
  test_calls: [{ label: 'Who am I', method: 'GET', path: '/v1/me' }],
  setup: {
    console_url: 'https://www.figma.com/developers/apps',
    prerequisites: [
      'A Figma account.',
      'For people outside of your organization: an app that Figma reviewed and published.',
    ],
    steps: [
      'Open https://www.figma.com/developers/apps and choose Create a new app. Name it as people shall see it.',
      'Choose Private if only your organization shall connect, else Public. A private app needs no review.',
      'Under OAuth credentials add the redirect URI shown on this page.',
      'Under OAuth scopes tick the scopes shown on this page, and say for each why it is needed.',
      'Copy the Client ID and the Client secret; Figma shows the secret once.',
      'Publish the app, and set FIGMA_CLIENT_ID and FIGMA_CLIENT_SECRET.',
    ],
    notes: [
      'The guide for automation asks for file_read, which no longer exists; single scopes are asked for instead.',
      'A code has to be exchanged within 30 seconds, so a hub that is busy or far away may miss it: connect again.',
      'Figma lists neither files nor teams. A file is read by the key in its address (figma.com/design/KEY: /v1/files/KEY/meta), a team’s folders by the number in its address (figma.com/files/team/NUMBER: /v2/teams/NUMBER/folders).',
      'Limits depend on the seat of the person and on the plan of the file since November 2025, from a few calls a month for a viewer to dozens a minute. Retry-After tells how long to wait.',
    ],
    revoke: {
      url: 'https://www.figma.com/settings',
      steps: [
        'In Figma open the account menu, Settings, Security.',
        'Under Connected apps find the app by its name.',
        'Choose Revoke access, and confirm. A personal access token is revoked on the same page.',
      ],
    },
  },
  webhooks: {
    mode: 'none',
    events: ['FILE_UPDATE', 'FILE_VERSION_UPDATE', 'FILE_DELETE', 'FILE_COMMENT', 'LIBRARY_PUBLISH'],
    signature: { scheme: 'shared_secret', secret: 'subscription' },
    handshake: 'A webhook that was made sends the event PING, which wants 200.',
    note: 'No guide uses them. They exist for a team, a folder or a file, and need webhooks:write; the secret stands in the body, as passcode.',
  },
  no_resources: 'Figma lists neither teams nor files to an app: a file is named by its address.',
  sources: [
    '@figma/rest-api-spec 0.43.0: endpoints, scopes and answers, the stand-in’s compared with it',
    'https://developers.figma.com/docs/rest-api (authentication, scopes, republish-oauth-apps), read in November 2026',
  ],
  checked: '2026-11-21',
  doubts: [
    'A challenge (PKCE) is sent beside the secret, as other clients of Figma do; the guide describes it without saying for which apps.',
    'Newer texts of Figma also refresh at the token endpoint. The specification names an endpoint of its own, which is used.',
    'What Figma answers to a refresh token that ended is not written down; an invalid_grant alone counts as the end.',
    'Revoking is done by the person alone: no call for it is documented.',
  ],
})
