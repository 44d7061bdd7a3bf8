/** Whose connections, policies, what administrators see, installed apps without an organization, and the audit log. */
import type { AuditChainBody, PolicyBody } from '../../http/wire.ts'

type Policy = PolicyBody['policy']

export const shownOwnersTexts = {
  label: 'Whose',
  all: 'Mine and the organization’s',
  mine: 'Mine',
  organization: 'The organization’s',
  everybody: 'Everybody’s (that they exist)',
}

export const existenceTexts = {
  note: 'You see that these connections exist, whose they are and how they stand. What is in them is for their owners.',
  table: 'Everybody’s connections',
  columns: {
    integration: 'Integration',
    owner: 'Owner',
    status: 'Status',
    since: 'Since',
    actions: 'Actions',
  },
  ownerKinds: { person: 'Person', organization: 'Organization', end_user: 'End user' },
  emptyTitle: 'No connections',
  empty: 'Nobody of the organization has connected an account yet, or nothing matches these filters.',
  end: 'End',
  endNamed: (provider: string, owner: string) => `End the ${provider} connection of ${owner}`,
  endTitle: (provider: string) => `End this ${provider} connection?`,
  endHelp: (owner: string) =>
    `Whatever ${owner} does with it stops. The access is revoked at the provider and the credential destroyed; its history stays.`,
  reason: 'Reason',
  reasonHelp: 'Its owner reads this in the connection’s timeline, and it stands in the audit log.',
  reasonMissing: 'Say why.',
  force: 'Force: clear it here without asking the provider',
  forceHelp: 'For a connection that is stuck. The access at the provider then has to be removed there.',
  cancel: 'Cancel',
  ended: 'The connection is ended.',
}

export const policyTexts = {
  title: 'Whose connections',
  help: (provider: string) =>
    `Whose ${provider} connections can be made, and which is used by the provider’s name.`,
  names: {
    own_first: 'One’s own first, else the organization’s',
    personal: 'Everybody their own',
    organization: 'One shared by the organization',
  } satisfies Record<Policy, string>,
  helps: {
    own_first: 'People may connect their own account. Who has none uses the organization’s.',
    personal: 'People and end users connect their own accounts. There is no shared connection.',
    organization: 'Administrators connect one account for everybody. Nobody connects their own.',
  } satisfies Record<Policy, string>,
  excluded: (count: number) =>
    count === 1
      ? 'One connection of before is left out: it stays, and is used by its id alone.'
      : `${count} connections of before are left out: they stay, and are used by their ids alone.`,
  saved: 'The policy is saved.',
  leftOut: 'Left out by policy',
  leftOutHelp:
    'The organization’s policy for this provider leaves this connection out. It works by its id, is not found by the provider’s name, and is not reconnected.',
  nobody: (provider: string) =>
    `Your organization uses one shared ${provider} connection. An administrator connects it.`,
}

export const installationTexts = {
  title: 'Installed apps without an organization',
  intro:
    'These were installed at a provider while nobody could tell whose they are. Assign each to an organization; its next call makes the connection.',
  seen: 'Last call',
  organization: (installation: string) => `Organization for ${installation}`,
  choose: 'Choose an organization',
  assign: 'Assign',
  ignore: 'Set aside',
  notice: 'Take up again',
  ignored: 'Set aside',
  assigned: 'Assigned. The connection is made with the app’s next call.',
}

export const auditTexts = {
  title: 'Audit log',
  intro: 'Who did what to which connection, and from where. Newest first; entries cannot be changed unseen.',
  filters: {
    actor: 'Who (id)',
    action: 'What',
    anyAction: 'Anything',
    target: 'About (id)',
    connection: 'Connection (id)',
    from: 'From',
    to: 'Before',
    address: 'Address',
  },
  clear: 'Clear filters',
  exportCsv: 'Export CSV',
  exportNdjson: 'Export NDJSON',
  table: 'Entries',
  columns: { at: 'When', who: 'Who', what: 'What', connection: 'Connection', address: 'From' },
  unknown: 'Unknown',
  system: 'The hub',
  key: 'API key',
  keyOf: (person: string) => `API key of ${person}`,
  hidden: 'somebody else’s account',
  emptyTitle: 'Nothing found',
  empty: 'No entry matches these filters.',
  entry: (seq: number) => `Entry ${seq}`,
  detailOf: (seq: number) => `Details of entry ${seq}`,
  facts: {
    id: 'Id of who',
    action: 'Action',
    target: 'About',
    connection: 'Connection',
    address: 'Address',
    at: 'When',
    hash: 'Hash',
  },
  recorded: 'Recorded with it',
  onlyThis: 'Only this person or key',
  onlyConnection: 'Only this connection',
  chain: {
    unbroken: (entries: string, since: string) => `Unbroken since ${since}: ${entries} entries.`,
    following: (followed: string, entries: string) =>
      `Unbroken so far: ${followed} of ${entries} entries followed.`,
    broken: (seq: number) =>
      `Broken: entry ${seq} does not fit the one before it. Something in the database was changed by hand.`,
  },
  chainTitle: 'Chain',
  verify: 'Follow from the beginning',
} satisfies Record<string, unknown>

export type ChainState = AuditChainBody['state']
