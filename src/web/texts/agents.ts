/** Texts of the Agents pages. */
import type { AgentToolBody, AvailabilityBody } from '../../http/wire.ts'

type State = AvailabilityBody['state']
type Risk = AgentToolBody['risk']
type Mend = NonNullable<AvailabilityBody['mend']>

export const agentsTexts = {
  title: 'Agents',
  intro:
    'What connected accounts let an agent do: its tools, whether you can use them now, and what is in the way.',
  search: 'Search agents and tools',
  searchHint: 'Agent or tool, for example “create issue”',
  clear: 'Clear',
  state: 'State',
  anyState: 'Any state',
  risk: 'Risk',
  anyRisk: 'Any risk',
  found: (count: number) => (count === 1 ? '1 agent' : `${count} agents`),
  noneTitle: 'No agent fits',
  none: 'Try another word, or show all states and risks.',
  unknownTitle: 'There is no such agent',
  unknown: 'Its address may be mistyped.',
  toAll: 'All agents',
  states: {
    available: 'Available',
    requires_connection: 'Requires connection',
    needs_permission: 'Needs more permission',
    connection_trouble: 'Connection trouble',
    turned_off: 'Turned off',
    no_access: 'No access',
  } satisfies Record<State, string>,
  risks: { read: 'Reads', write: 'Writes', destructive: 'Cannot be undone' } satisfies Record<Risk, string>,
  tools: (available: number, total: number) => `${available} of ${total} tools available`,
  lacking: (count: number) => (count === 1 ? '1 needs more permission' : `${count} need more permission`),
  matching: 'Matching tools',
  more: (count: number) => `and ${count} more`,
  uses: 'Uses',
  ownConnection: 'yours',
  organizationConnection: 'the organization’s',
}

export const agentTexts = {
  risks: {
    read: { title: 'Reads', help: 'Looks things up. Nothing changes at the provider.' },
    write: {
      title: 'Writes',
      help: 'Creates, sends and changes things in the name of the connected account.',
    },
    destructive: {
      title: 'Cannot be undone',
      help: 'Ends something, overwrites it, or moves money. Off until an administrator turns it on.',
    },
  } satisfies Record<Risk, { title: string; help: string }>,
  count: (on: number, total: number) => `${on} of ${total} available`,
  switches: 'On and off',
  forMe: 'For me',
  forMeHelp: (agent: string) => `Off: ${agent} is not offered to you. Others keep it.`,
  forAll: 'For the organization',
  forAllHelp: (agent: string) => `Off: nobody in the organization uses ${agent}.`,
  forAllReadOnly: (on: boolean) =>
    on ? 'On for the organization.' : 'Off for the organization. An administrator turns it on.',
  toolForMe: (tool: string) => `${tool}: for me`,
  toolForAll: (tool: string) => `${tool}: for the organization`,
  me: 'Me',
  all: 'All',
  mend: {
    connect: (provider: string) => `Connect ${provider}`,
    reconnect: (provider: string) => `Reconnect ${provider}`,
    allow_more: (count: number) => (count === 1 ? 'Allow 1 permission' : `Allow ${count} permissions`),
    open_connection: () => 'Open the connection',
    turn_on: (holder: Mend['for']) => (holder === 'me' ? 'Turn on for me' : 'Turn on for the organization'),
    ask_admin: () => 'Ask an administrator',
  },
  allowAllTitle: (count: number) =>
    count === 1 ? 'One tool needs more permission' : `${count} tools need more permission`,
  allowAll: (connection: string) =>
    `They all use ${connection}. One authorization can add what every one of them lacks, and nothing else.`,
  input: 'Input',
  noInput: 'It takes no input.',
  inputOf: (tool: string) => `Input of ${tool}`,
  columns: { name: 'Name', kind: 'Kind', meaning: 'Meaning' },
  required: 'required',
  permissions: 'Permissions',
  permissionsHelp: 'Any one of these is enough.',
  noPermissions: 'The provider asks for none.',
  servedBy: 'Through a connection to',
  repeats: {
    safe: 'Calling it twice changes nothing.',
    idempotent: 'Calling it twice with the same input changes no more than once.',
    keyed: 'A key sent with the call keeps it from happening twice.',
    repeats: 'Calling it twice does it twice.',
  } satisfies Record<AgentToolBody['idempotency'], string>,
  details: 'Input and permissions',
  detailsOf: (tool: string) => `Input and permissions of ${tool}`,
  schema: 'As JSON Schema',
  help: 'Connected, and still not available?',
  helpSteps: [
    'This page follows the hub by itself: a connection that succeeds shows here within a second, without a reload.',
    'Open the connection that is named here. Where its status is not Connected, its page says why, and what mends it.',
    'Where it says Connected, choose Verify there: the provider is asked at once. A provider that took the access back right after connecting is found out that way.',
    'Then disconnect and connect again. The tools, their switches and the access rule stay as they are.',
  ],
  ask: {
    title: 'Ask an administrator',
    connect: (agent: string) => `Please connect the account that ${agent} needs for our organization.`,
    reconnect: (agent: string) => `Please reconnect the account that ${agent} uses for our organization.`,
    allow_more: (agent: string) =>
      `Please give the connection that ${agent} uses the permission that is missing.`,
    turn_on: (agent: string) => `Please turn on what I need of ${agent} for our organization.`,
    access: (agent: string) => `Please let me use ${agent}.`,
    who: 'These people can do it:',
    nobody: 'Nobody is an administrator here. Whoever runs the hub can sign one in.',
    mail: (name: string) => `Write to ${name}`,
    subject: (agent: string) => `${agent} in Trunkline`,
    copy: 'Message',
  },
  failed: 'It was not saved.',
}

export const accessTexts = {
  title: 'Who may use it',
  everyone: 'Everyone in the organization',
  some: 'Only these',
  roles: 'Roles',
  roleNames: { admin: 'Administrators', member: 'Members' },
  people: 'People',
  search: 'Add a person',
  searchHint: 'Name or e-mail',
  found: (count: number) => (count === 1 ? '1 person found' : `${count} people found`),
  nobody: 'Nobody found.',
  remove: (name: string) => `Remove ${name}`,
  save: 'Save',
  saved: 'Saved, and in effect at once.',
  help: 'The rule also binds administrators. Keys of the organization are bound by the switches alone.',
}

export const allowTexts = {
  title: (provider: string) => `Allow more at ${provider}`,
  intro: (provider: string, account: string) =>
    `${provider} opens in a new tab and asks you to allow this for ${account}. The connection stays the same one.`,
  added: 'What is added',
  kept: (count: number) =>
    count === 1 ? 'One permission stays as it is' : `${count} permissions stay as they are`,
  go: (provider: string) => `Continue to ${provider}`,
}

export const asAgentTexts = {
  title: 'As an agent',
  open: 'See its tools',
}
