import { type Capability, defineProvider, type Parameter, type RawAnswer } from '../define.ts'

const segment = '(?!\\.{1,2}(?:/|$))[A-Za-z0-9._~%@-]+'

const appleId = {
  name: 'appleId',
  label: 'Apple Account',
  pattern: '^[^@\\s:/\\p{Cc}]+@[^@\\s:/\\p{Cc}]+\\.[^@\\s:/\\p{Cc}.]+$',
  example: 'me@icloud.com',
  required: true,
  help: 'The e-mail address you sign in to your Apple Account with.',
  mismatch: 'Type the whole e-mail address of the Apple Account: me@icloud.com.',
  normalise: (typed) => typed.trim().toLowerCase(),
  derive: readMailLogin,
} satisfies Parameter

export default defineProvider({
  id: 'icloud',
  name: 'iCloud',
  category: 'Productivity suites',
  summary: 'Mail, calendars and contacts of one Apple Account, by an app-specific password.',
  aliases: ['apple', 'apple mail', 'apple calendar', 'caldav', 'carddav', 'imap', 'me.com'],
  family: 'apple',
  // Calendars and contacts of an account lie on the hosts of its partition (p42-caldav.icloud.com).
  hosts: [
    'caldav.icloud.com',
    'contacts.icloud.com',
    '{partition}-caldav.icloud.com',
    '{partition}-contacts.icloud.com',
    'imap.mail.me.com',
    'smtp.mail.me.com',
  ],
  callback: 'none',
  env: {},
  parameters: [
    {
      name: 'principal',
      label: 'Principal',
      pattern: `^(?:/${segment})+/?$`,
      example: '/123456789/principal/',
      asked: false,
    },
    {
      name: 'partition',
      label: 'Partition',
      pattern: '^p[0-9]{1,4}$',
      example: 'p42',
      asked: false,
    },
    {
      name: 'mailName',
      label: 'Mail user name',
      pattern: '^[^\\s:/\\p{Cc}]{1,250}$',
      example: 'me',
      asked: false,
    },
    {
      name: 'mailAddress',
      label: 'Mail address',
      pattern: '^[^@\\s:/\\p{Cc}]+@[^@\\s:/\\p{Cc}]+$',
      example: 'me@icloud.com',
      asked: false,
    },
  ],
  auth: [
    {
      kind: 'basic',
      label: 'Apple Account and app-specific password',
      fields: [
        appleId,
        {
          name: 'appPassword',
          label: 'App-specific password',
          pattern: '^[a-z]{4}-[a-z]{4}-[a-z]{4}-[a-z]{4}$',
          example: 'abcd-efgh-ijkl-mnop',
          required: true,
          secret: true,
          help: 'Not the password of your Apple Account: that one opens nothing here.',
          mismatch:
            'An app-specific password is sixteen letters in four groups: abcd-efgh-ijkl-mnop. The password of your Apple Account does not work here.',
          normalise: readAppPassword,
        },
        {
          name: 'mailUser',
          label: 'iCloud Mail address',
          pattern: '^[^@\\s:/\\p{Cc}]+@(?:icloud|me|mac)\\.com$',
          example: 'me@icloud.com',
          help: 'Only where it differs from the Apple Account.',
          mismatch: 'Type your address at icloud.com, me.com or mac.com, or leave the field empty.',
          normalise: readMailAddress,
          derive: readMailLogin,
        },
      ],
      authorization: { scheme: 'basic', username: '{appleId}', password: '{appPassword}' },
      instructions: [
        'Open https://account.apple.com and sign in. Two-factor authentication has to be on.',
        'Open Sign-In and Security, App-Specific Passwords, and choose Generate an app-specific password.',
        'Name it after the hub, and copy the sixteen letters: Apple shows them once.',
        'Paste them here with the e-mail address of the Apple Account.',
      ],
    },
  ],
  permissions_note:
    'iCloud has no scopes: an app-specific password opens mail, calendars and contacts alike, and neither photos nor files.',
  api: {
    base_url: 'https://caldav.icloud.com',
    bases: {
      calendars: 'https://{partition}-caldav.icloud.com',
      contacts: 'https://contacts.icloud.com',
      'contacts-home': 'https://{partition}-contacts.icloud.com',
    },
    errors: { rate_limited: [{ status: 503, header: 'retry-after' }] },
  },
  verify: {
    method: 'PROPFIND',
    url: '/',
    headers: { Depth: '0' },
    xml: askFor('<d:current-user-principal/>'),
  },
  account: ({ parameters, answer }) => {
    const email = parameters['appleId'] ?? ''
    const principal = readHref(answer?.text, 'current-user-principal')
    const partition = readPartition(answer)
    return {
      // The number in /123456789/principal/ stays when the address of the account changes.
      id: /^\/(\d+)\/principal\/?$/.exec(principal ?? '')?.[1] ?? email,
      label: email,
      ...(email && { email }),
      parameters: { ...(principal && { principal }), ...(partition && { partition }) },
    }
  },
  capabilities: [
    findHome({
      id: 'calendars',
      label: 'Calendars',
      host: 'caldav.icloud.com',
      property: 'calendar-home-set',
      namespace: 'urn:ietf:params:xml:ns:caldav',
    }),
    findHome({
      id: 'contacts',
      label: 'Contacts',
      host: 'contacts.icloud.com',
      property: 'addressbook-home-set',
      namespace: 'urn:ietf:params:xml:ns:carddav',
    }),
  ],
  mail: {
    // Apple's own advice: the name before the @ first, then the whole address.
    username: '{mailName}',
    alternative_username: '{mailAddress}',
    password: '{appPassword}',
    imap: { host: 'imap.mail.me.com', port: 993 },
    smtp: { host: 'smtp.mail.me.com', port: 587, security: 'starttls' },
  },
  test_calls: [
    {
      label: 'Whose calendars',
      method: 'PROPFIND',
      path: '/',
      headers: { Depth: '0' },
      xml: askFor('<d:current-user-principal/>'),
    },
    {
      label: 'Whose contacts',
      method: 'PROPFIND',
      base: 'contacts',
      path: '/',
      headers: { Depth: '0' },
      xml: askFor('<d:current-user-principal/>'),
    },
  ],
  setup: {
    console_url: 'https://account.apple.com/account/manage',
    prerequisites: [
      'An Apple Account with two-factor authentication.',
      'For mail: an iCloud Mail address, which not every Apple Account has.',
    ],
    steps: [
      'Nothing has to be registered: each person connects with an app-specific password.',
      'Open https://account.apple.com, Sign-In and Security, App-Specific Passwords, and generate one for the hub.',
      'Choose Connect, and enter the e-mail address of the Apple Account and the password.',
    ],
    after: [
      'Calendars and contacts are asked for by CalDAV and CardDAV through the proxy; the partition’s hosts have bases of their own (calendars, contacts-home).',
    ],
    notes: [
      'A change of the password of the Apple Account revokes every app-specific password: reconnect with a new one.',
      'Whether mail answers is tried while connecting, with the name before the @ first and the whole address after it. Where it does not, the connection works all the same, for calendars and contacts, and says so.',
      'An Apple Account under an address of another provider has an iCloud Mail address of its own, or none: type it where the form asks.',
      'Apple documents no limits; one call at a time for an account is the careful way.',
    ],
    revoke: {
      url: 'https://account.apple.com/account/manage',
      steps: [
        'Open Sign-In and Security, App-Specific Passwords.',
        'Find the password by the name you gave it.',
        'Choose the minus sign beside it, and Revoke.',
      ],
    },
  },
  webhooks: {
    mode: 'none',
    note: 'iCloud calls nobody: changes are found by asking again, with the sync tokens of CalDAV and CardDAV, or by IMAP.',
  },
  no_resources: 'What iCloud reaches is one person’s: a project shares nothing of it.',
  sources: [
    'RFC 4791 (CalDAV), RFC 6352 (CardDAV) and RFC 6764 (how they are found).',
    'Radicale and Dovecot, third-party servers, by the npm clients tsdav 2.3, imapflow 2.1 and nodemailer 10.6.',
    'Apple’s page of mail server settings, and answers of iCloud as public clients report them, in November 2026.',
  ],
  checked: '2026-11-21',
  doubts: [
    'That the partition is told by the header X-Apple-User-Partition is from other clients; the addresses of the homes tell it too.',
  ],
})

/** RFC 4918 section 9.1 */
function askFor(property: string): string {
  return `<?xml version="1.0" encoding="utf-8"?><d:propfind xmlns:d="DAV:"><d:prop>${property}</d:prop></d:propfind>`
}

/** RFC 6764 section 6: where the collections of the principal lie; their host tells the partition. */
function findHome(of: {
  id: string
  label: string
  host: string
  property: string
  namespace: string
}): Capability {
  return {
    id: of.id,
    label: of.label,
    request: {
      method: 'PROPFIND',
      url: `https://${of.host}{principal}`,
      headers: { Depth: '0' },
      xml: askFor(`<n:${of.property} xmlns:n="${of.namespace}"/>`),
    },
    read: ({ status, text }) => {
      const home = readHref(text, of.property)
      if (status !== 207 || !home) {
        return {
          value: 'not reachable',
          warning: `${of.label} do not answer for this account. They may be switched off at iCloud.`,
        }
      }
      const partition = /^https:\/\/(p\d+)-/.exec(home)?.[1]
      return { value: 'reachable', ...(partition && { parameters: { partition } }) }
    },
  }
}

/** The address inside a property of a multistatus (RFC 4918 section 13), whatever the prefixes are called. */
function readHref(text: string | undefined, property: string): string | undefined {
  const href = new RegExp(
    `<(?:[\\w-]+:)?${property}\\b[^>]*>\\s*<(?:[\\w-]+:)?href[^>]*>\\s*([^<\\s]+)`,
  ).exec(text ?? '')?.[1]
  return href?.replace(/^https:\/\/[^/]+(?=\/\d+\/principal)/, '')
}

function readPartition(answer: RawAnswer | undefined): string | undefined {
  const told = answer?.headers['x-apple-user-partition']
  return typeof told === 'string' && /^\d{1,4}$/.test(told) ? `p${told}` : undefined
}

/** Sixteen letters, with or without what Apple puts between them. */
function readAppPassword(typed: string): string {
  const letters = typed.toLowerCase().replaceAll(/[\s-]/g, '')
  return /^[a-z]{16}$/.test(letters) ? (letters.match(/.{4}/g) ?? []).join('-') : typed.trim()
}

function readMailAddress(typed: string): string {
  const address = typed.trim().toLowerCase()
  return address.includes('@') ? address : `${address}@icloud.com`
}

/** The name alone is a user name at Apple's own domains only: elsewhere it may be somebody else's. */
function readMailLogin(address: string): Record<string, string> {
  const name = /^([^@]+)@(?:icloud|me|mac)\.com$/.exec(address)?.[1]
  return { mailName: name ?? address, mailAddress: address }
}
