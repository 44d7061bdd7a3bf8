import {
  at,
  defineProvider,
  type Json,
  type JsonObject,
  type Parameter,
  readText,
  type Tenant,
} from '../define.ts'
import {
  businessIntegrations,
  complianceSteps,
  facebookLogin,
  GRAPH,
  graphErrors,
  graphLimit,
  revokePermissions,
  version,
} from '../families/meta.ts'

const id = { pattern: '^[0-9]{6,20}$', example: '106540352242922' }

const phoneNumberId = {
  name: 'phoneNumberId',
  label: 'Phone number id',
  ...id,
  mismatch:
    'The id of a phone number is a row of digits, as API Setup shows it. It is not the number itself.',
} satisfies Parameter

const wabaId = {
  name: 'wabaId',
  label: 'WhatsApp Business account id',
  ...id,
  example: '102290129340398',
  mismatch: 'The id of a WhatsApp Business account is a row of digits, as API Setup shows it.',
} satisfies Parameter

export default defineProvider({
  id: 'whatsapp',
  name: 'WhatsApp Business',
  category: 'Communication & Collaboration',
  summary: 'Send messages and templates from a business number, and manage the account behind it.',
  aliases: ['meta', 'facebook', 'cloud api', 'messages', 'chat', 'messenger'],
  family: 'meta',
  hosts: ['graph.facebook.com', 'lookaside.fbsbx.com'],
  callback: 'meta',
  env: {
    client_id: 'WHATSAPP_APP_ID',
    client_secret: 'WHATSAPP_APP_SECRET',
    redirect_uri: 'WHATSAPP_REDIRECT_URI',
    extra: {
      WHATSAPP_CONFIG_ID:
        'Configuration of Embedded Signup: people then connect, or make, their WhatsApp account in one window.',
      WHATSAPP_ACCESS_TOKEN: 'Token for your own business, for the whole hub.',
      WHATSAPP_PHONE_NUMBER_ID: 'Phone number that goes with it.',
      WHATSAPP_WEBHOOK_VERIFY_TOKEN:
        'Text of your own that Meta repeats when the webhook address is entered.',
    },
  },
  parameters: [
    version,
    { ...wabaId, asked: false },
    { ...phoneNumberId, asked: false },
    {
      name: 'userId',
      label: 'Facebook user',
      pattern: '^[0-9]{5,25}$',
      example: '10222270944537964',
      help: 'Id of the person who granted access, as this app knows them.',
      asked: false,
    },
  ],
  auth: [
    {
      ...facebookLogin,
      label: 'Continue with Facebook',
      // https://developers.facebook.com/documentation/business-messaging/whatsapp/embedded-signup/versions: the version
      // of the sign-up is named in `extras`; v2 ended in October 2026. Meta documents its JavaScript SDK; the dialog's
      // own address with the same parameters is what other products use instead (seen in public code, June and July
      // 2026), and what keeps third-party scripts out of the dashboard. The window message WA_EMBEDDED_SIGNUP comes from
      // the SDK alone: the ids are read from the token.
      configuration: {
        variable: 'WHATSAPP_CONFIG_ID',
        params: {
          config_id: '{WHATSAPP_CONFIG_ID}',
          override_default_response_type: 'true',
          extras: '{"setup":{},"sessionInfoVersion":"3","version":"v4"}',
        },
      },
    },
    {
      kind: 'api_key',
      label: 'Token of your own business',
      fields: [
        {
          name: 'accessToken',
          label: 'Access token',
          pattern: '^[A-Za-z0-9]{20,1000}$',
          example: 'EAAGm0PX4ZCps...',
          required: true,
          secret: true,
          help: 'The token of a system user. The temporary one of API Setup ends after a day.',
          mismatch: 'An access token is one long row of letters and digits.',
          normalise: (typed) => typed.replaceAll(/\s/g, ''),
        },
        { ...phoneNumberId, required: true },
        { ...wabaId, help: 'Needed for message templates.' },
      ],
      authorization: { scheme: 'bearer' },
      env: { accessToken: 'WHATSAPP_ACCESS_TOKEN', phoneNumberId: 'WHATSAPP_PHONE_NUMBER_ID' },
      verify: { url: '/{phoneNumberId}?fields=id,verified_name,display_phone_number,quality_rating' },
      account: ({ body }) => ({
        id: readText(body, 'id') ?? '',
        label: nameNumber(body),
      }),
      instructions: [
        'Open https://business.facebook.com/settings/system-users and add a system user with the role Admin.',
        'Choose Assign assets: the app, and the WhatsApp account, both with full control.',
        'Choose Generate token, pick the app, no expiry, and the permissions whatsapp_business_management and whatsapp_business_messaging.',
        'In the app open WhatsApp, API Setup, and copy Phone number ID and WhatsApp Business Account ID.',
      ],
    },
  ],
  scopes: {
    whatsapp_business_management: {
      why: 'Reads the WhatsApp account, its phone numbers and quality, and manages message templates.',
      access: 'write',
    },
    whatsapp_business_messaging: {
      why: 'Sends messages, reads and changes the business profile, and fetches media.',
      access: 'write',
    },
    business_management: {
      why: 'Finds the businesses a WhatsApp account belongs to, where Facebook does not name the account itself.',
      access: 'write',
    },
  },
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'The guides name no permissions for WhatsApp; these are what its tools need.',
      scopes: ['whatsapp_business_management', 'whatsapp_business_messaging', 'business_management'],
    },
    whatsapp_only: {
      label: 'WhatsApp only',
      note: 'Without business_management, which asks for more in the review of the app. People then have to pick single accounts at Facebook, not all of them.',
      scopes: ['whatsapp_business_management', 'whatsapp_business_messaging'],
    },
  },
  api: {
    base_url: GRAPH,
    bases: {
      account: `${GRAPH}/{wabaId}`,
      number: `${GRAPH}/{phoneNumberId}`,
      media: 'https://lookaside.fbsbx.com',
    },
    errors: {
      ...graphErrors,
      // 131031: the account is locked; 131042: no means of payment; 368: blocked for a policy.
      not_available: [{ at: 'error.code', equals: [368, 131_031, 131_042] }],
    },
    rate_limit: graphLimit,
  },
  tenants: {
    // The app inspects the token it was given: only so does Meta tell which accounts were granted.
    request: {
      url: '/debug_token?input_token={access_token}',
      authorization: { scheme: 'header', name: 'authorization', value: 'Bearer {client_id}|{client_secret}' },
    },
    read: readGranted,
    otherwise: {
      // "All current and future accounts" leaves the list of ids out.
      request: {
        url: '/me?fields=id,businesses{owned_whatsapp_business_accounts{id,name},client_whatsapp_business_accounts{id,name}}',
      },
      read: readOfBusinesses,
    },
    matches: 'wabaId',
  },
  verify: {
    url: '/{wabaId}?fields=id,name,account_review_status,business_verification_status,phone_numbers{id,display_phone_number,verified_name,quality_rating}',
  },
  account: ({ body, parameters }) => {
    const account = readText(body, 'id') ?? ''
    const number = readText(body, 'phone_numbers.data.0.id')
    return {
      id: account,
      label: readText(body, 'name') ?? (account && `WhatsApp ${account}`),
      ...(parameters['userId'] && { grant: parameters['userId'] }),
      // One number is what calls go by unless they name another; the first stays until it is gone.
      ...(number && {
        parameters: { phoneNumberId: keptNumber(body, parameters['phoneNumberId']) ?? number },
      }),
    }
  },
  capabilities: [
    { id: 'verification', label: 'Business verification', read: ({ body }) => readVerification(body) },
    { id: 'numbers', label: 'Phone numbers', read: ({ body }) => readNumbers(body) },
    { id: 'quality', label: 'Quality', read: ({ body }) => readQuality(body) },
  ],
  test_calls: [
    {
      label: 'Phone number',
      method: 'GET',
      base: 'number',
      path: '/?fields=verified_name,display_phone_number,quality_rating',
    },
    {
      label: 'Business profile',
      method: 'GET',
      base: 'number',
      path: '/whatsapp_business_profile?fields=about,address,description,email,websites,vertical',
    },
    { label: 'Who am I', method: 'GET', path: '/me?fields=id,name' },
  ],
  setup: {
    console_url: 'https://developers.facebook.com/apps',
    http_redirects: 'localhost',
    prerequisites: [
      'A Meta business portfolio whose business is verified, or documents to verify it: registration, address, tax id. Meta takes one to five business days.',
      'A phone number that is not used with the WhatsApp app.',
      'A hub with an https address that Meta can reach.',
    ],
    steps: [
      'Open https://developers.facebook.com/apps and choose Create app. Pick the use case Connect with customers through WhatsApp (app type Business), and your business portfolio.',
      'Add the product WhatsApp, and choose the business portfolio.',
      ...complianceSteps,
      'Copy App ID and App secret from the same page.',
      'Open Facebook Login for Business, Settings. Under Valid OAuth Redirect URIs add {redirect_uri}. Leave Client OAuth login, Web OAuth login, Enforce HTTPS and Strict Mode on.',
      'Under Deauthorize callback URL enter {public_url}/api/meta/deauthorize, so that a person who removes the app at Facebook shows here at once.',
      'For Embedded Signup: under Facebook Login for Business, Configurations, choose Create from template, WhatsApp Embedded Signup Configuration. Keep the two WhatsApp permissions, and copy the configuration id.',
      'Set WHATSAPP_APP_ID and WHATSAPP_APP_SECRET; with Embedded Signup also WHATSAPP_CONFIG_ID. WHATSAPP_REDIRECT_URI may be left out; where it is set it must be {redirect_uri}.',
      'Open https://business.facebook.com/settings/info and choose Start verification, if the business is not verified yet.',
      'Under App Review ask for advanced access to the permissions shown on this page, then switch the app to Live. Until then only people with a role in the app can connect.',
    ],
    after: [
      'A number that was added in Embedded Signup has to be registered before it sends: POST /register at base number, with messaging_product whatsapp and a pin of six digits of your choice.',
      'Messages outside of 24 hours after a customer wrote need an approved template.',
    ],
    notes: [
      'Without WHATSAPP_CONFIG_ID people see the standard Facebook dialog, and the WhatsApp account must exist already.',
      'For your own business alone no app review is needed: connect with a token, or set WHATSAPP_ACCESS_TOKEN and WHATSAPP_PHONE_NUMBER_ID for the whole hub.',
      'Numbers of one account share a connection. Calls at the base number go to its first; others are called by their ids.',
      'Embedded Signup asks that your business is a Tech Provider or Solution Partner at Meta.',
      'Limits: 80 messages a second for a number, and 250 customers a day until the business is verified.',
    ],
    revoke: {
      url: businessIntegrations,
      steps: [
        'At Facebook open Settings, Business integrations.',
        'Choose the app, and Remove.',
        'A token of a system user is ended at https://business.facebook.com/settings/system-users: choose the user, and Revoke tokens.',
      ],
    },
  },
  revocation: { kills: 'grant', request: revokePermissions },
  departures: 'signed_request',
  webhooks: {
    mode: 'app_level',
    events: ['messages', 'message_template_status_update', 'account_update'],
    signature: {
      scheme: 'hmac-sha256',
      header: 'X-Hub-Signature-256',
      encoding: 'hex',
      prefix: 'sha256=',
      signed: '{body}',
      secret: 'client_secret',
    },
    handshake:
      'A GET with hub.mode=subscribe, hub.verify_token and hub.challenge: where the token is WHATSAPP_WEBHOOK_VERIFY_TOKEN, the challenge is the answer, as plain text.',
    steps: [
      'In the app open WhatsApp, Configuration. Enter the address of the hub as Callback URL, and WHATSAPP_WEBHOOK_VERIFY_TOKEN as Verify token.',
      'Subscribe to messages, message_template_status_update and account_update.',
      'Each WhatsApp account is subscribed as well, once it is connected: POST /subscribed_apps at base account.',
    ],
  },
  no_resources: 'The connection is bound to one business account: there is nothing in it to choose from.',
  sources: [
    'developers.facebook.com, WhatsApp Business Platform: permissions, Embedded Signup v4, phone numbers (pages of November 2025 to June 2026)',
    'public code of two products that open Embedded Signup without the SDK (June and July 2026)',
  ],
  checked: '2026-11-21',
  doubts: [
    'Embedded Signup by the address of the dialog is practice, not documented: Meta describes its JavaScript SDK and a page it hosts, which tells the hub nothing.',
    'Whether removing the permissions of a token made by Embedded Signup ends it was not tried; it belongs to a system user, not to a person.',
    'v25.0 is the version of Meta’s examples in 2026; whether a newer one is out could not be read.',
  ],
})

/** Accounts that the token names. `user_id` is who granted it: all of a person's grants at one app end together. */
function readGranted(body: Json): Tenant[] {
  const userId = readText(body, 'data.user_id')
  const scopes = list(at(body, 'data.scopes')).filter((scope) => typeof scope === 'string')
  const granted = list(at(body, 'data.granular_scopes')).find(
    (one) => readText(one, 'scope') === 'whatsapp_business_management',
  )
  return list(at(granted, 'target_ids')).flatMap((target) =>
    typeof target === 'string'
      ? {
          parameters: { wabaId: target, ...(userId && { userId }) },
          label: `WhatsApp Business account ${target}`,
          scopes,
        }
      : [],
  )
}

function readOfBusinesses(body: Json): Tenant[] {
  const userId = readText(body, 'id')
  const accounts = list(at(body, 'businesses.data')).flatMap((business) => [
    ...list(at(business, 'owned_whatsapp_business_accounts.data')),
    ...list(at(business, 'client_whatsapp_business_accounts.data')),
  ])
  const named = new Map(accounts.map((one) => [readText(one, 'id') ?? '', readText(one, 'name')]))
  return [...named].map(([account, name]) => ({
    parameters: { wabaId: account, ...(userId && { userId }) },
    label: name ?? `WhatsApp Business account ${account}`,
  }))
}

/** https://developers.facebook.com/docs/graph-api/reference/whats-app-business-account/ */
function readVerification(body: Json | undefined): { value: string; warning?: string } | undefined {
  const told = readText(body, 'business_verification_status')
  if (told === undefined) return undefined
  if (told === 'verified') return { value: 'verified' }
  return {
    value: told.replaceAll('_', ' '),
    warning:
      'Meta has not verified the business. Until it has, messages reach 250 customers a day, and the display name is not shown.',
  }
}

function readNumbers(body: Json | undefined): { value: string; warning?: string } | undefined {
  // The answer about one number has none of its own.
  if (at(body, 'name') === undefined) return undefined
  const numbers = list(at(body, 'phone_numbers.data')).map(nameNumber)
  if (numbers.length > 0) return { value: numbers.join(', ') }
  return {
    value: 'none',
    warning: 'The account has no phone number yet: add one in WhatsApp Manager, then verify this connection.',
  }
}

function readQuality(body: Json | undefined): { value: string; warning?: string } | undefined {
  const numbers =
    at(body, 'quality_rating') === undefined ? list(at(body, 'phone_numbers.data')) : [body as Json]
  const ratings = numbers.map((one) => readText(one, 'quality_rating') ?? 'UNKNOWN')
  const [worst] = ['RED', 'YELLOW', 'GREEN'].filter((rating) => ratings.includes(rating))
  if (!worst) return undefined
  return {
    value: worst === 'RED' ? 'low' : worst === 'YELLOW' ? 'medium' : 'high',
    ...(worst === 'RED' && {
      warning:
        'People block or report messages of a number: Meta may lower its limit. Message less, and only who agreed.',
    }),
  }
}

function keptNumber(body: JsonObject, known: string | undefined): string | undefined {
  return list(at(body, 'phone_numbers.data')).some((one) => readText(one, 'id') === known) ? known : undefined
}

function nameNumber(number: Json | undefined): string {
  const [name, digits] = [readText(number, 'verified_name'), readText(number, 'display_phone_number')]
  return name && digits ? `${name} (${digits})` : (name ?? digits ?? '')
}

function list(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : []
}
