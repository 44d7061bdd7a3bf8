/** Texts of projects: their pages, and what of them a disconnect touches. */
import type { SyncRunBody, SyncSettingsBody } from '../../http/wire.ts'

const count = (number: number, one: string, many: string) =>
  `${number.toLocaleString('en')} ${number === 1 ? one : many}`

export const projectsTexts = {
  title: 'Projects',
  intro:
    'A project says which repositories, channels, boards and spaces belong to a piece of work, and who may see them.',
  search: 'Search projects',
  create: 'New project',
  found: (number: number) => count(number, 'project', 'projects'),
  people: (number: number) => count(number, 'person', 'people'),
  resources: (number: number) => count(number, 'resource', 'resources'),
  yours: 'You administer it',
  emptyTitle: 'No project yet',
  emptyAdmin:
    'Make a project for a team or a product, choose what belongs to it from the organization’s connections, and add the people who should see it.',
  empty:
    'You are in no project yet. An administrator of your organization makes projects; an administrator of a project adds you to it.',
  noneTitle: 'No project matches',
  none: 'Try another word of its name or description.',
  clear: 'Clear the search',
  createTitle: 'New project',
  name: 'Name',
  nameMissing: 'Give the project a name.',
  description: 'What it is about',
  descriptionHelp: 'Optional: one sentence for those who are added to it.',
  cancel: 'Cancel',
  save: 'Save',
  createButton: 'Create project',
}

export const projectTexts = {
  tabs: { resources: 'Resources', members: 'Members', sync: 'Sync settings', history: 'History' },
  missingTitle: 'There is no such project',
  missing: 'It may have been deleted, or you are not in it. An administrator of the project can add you.',
  back: 'All projects',
  more: 'Edit or delete this project',
  edit: 'Edit name and description',
  remove: 'Delete project',
  removeTitle: (name: string) => `Delete ${name}?`,
  removeHelp: (resources: number) =>
    `Its selection (${count(resources, 'resource', 'resources')}), its sync settings and its history are deleted for everybody in it. Nothing changes at the providers, and no connection ends.`,
  removeConfirm: 'Delete',
  removed: (name: string) => `${name} is deleted.`,
  saved: 'Saved.',
}

export const resourceTexts = {
  accounts: 'Accounts',
  selectedOf: (number: number) =>
    number === 0 ? 'Nothing selected' : `${number.toLocaleString('en')} selected`,
  noSourcesTitle: 'Nothing to select from yet',
  noSources:
    'Projects work with connections of the organization: a person’s own connection is nobody else’s to use. Connect one for the organization, and what it reaches can be selected here.',
  noSourcesMember:
    'Nothing was selected yet. An administrator of the project chooses repositories, channels and boards from the organization’s connections.',
  connectMore: 'Connect for the organization',
  connect: (provider: string) => `Connect ${provider}`,
  openIntegrations: 'All integrations',
  notConnected: 'Not connected',
  disconnected: (account: string) => `${account} is not connected now`,
  disconnectedHelp:
    'What was selected is kept with its settings and history, and is used again when this account is connected anew.',
  notWorking: (provider: string) => `The connection to ${provider} does not work`,
  openConnection: 'Open the connection',
  kinds: 'What to select',
  search: (many: string) => `Search ${many}`,
  list: (many: string) => `All ${many}`,
  keys: 'Arrow keys move, space selects.',
  selected: 'Selected',
  selectedNone: (many: string) => `No ${many} selected. Choose them from the list.`,
  selectedNoneReader: (many: string) => `No ${many} selected.`,
  remove: (name: string) => `Remove ${name}`,
  removed: (name: string) => `${name} is no longer selected.`,
  undo: 'Undo',
  select: 'Select',
  private: 'Private',
  archived: 'Archived',
  archivedHelp: 'Archived at the provider: what happened is there, nothing new will come.',
  gone: 'Not found any more',
  goneHelp: 'It is not in the provider’s list any more: deleted, archived, or out of reach of this account.',
  found: (number: number, one: string, many: string) => count(number, one, many),
  matches: (number: number, one: string, many: string) => `${count(number, one, many)} found`,
  readAgo: 'read',
  readAgain: 'Read again',
  reading: (number: number, many: string) =>
    number === 0 ? `Reading ${many}…` : `Reading ${many}… ${number.toLocaleString('en')} so far`,
  waiting: 'The provider asks to wait. Reading goes on by itself.',
  failed: 'The list could not be read to its end',
  truncated: (many: string) =>
    `There are more ${many} than are kept here. Type a name to look for the others at the provider.`,
  missingTitle: (list: string) => `${list} are not listed`,
  ask: 'Ask for the permission',
  askAdmin: 'An administrator of the organization can ask for it on the connection’s page.',
  inviteTitle: (one: string) => `A private ${one} is missing?`,
  inviteHelp: (many: string) => `Private ${many} appear here once the bot is in them.`,
  inviteCommand: 'command',
  inviteNeeded: 'The bot has to be invited first.',
  check: 'Check again',
  checked: (name: string) => `${name} can be read now.`,
  stillOut: (name: string) => `The bot is not in ${name} yet.`,
  none: (many: string, query: string) => `No ${many} match “${query}”.`,
  empty: (many: string) => `This account has no ${many}.`,
  joined: (name: string) => `Joined ${name}.`,
  loading: 'Loading the list',
  open: (name: string) => `Open ${name} at the provider`,
}

export const membersTexts = {
  intro: 'Members see what the project selected. Its administrators choose resources, settings and people.',
  add: 'Add a person',
  addHelp: 'People of your organization, by name or e-mail address.',
  role: 'Role in the project',
  roleOf: (name: string) => `Role of ${name}`,
  roles: { admin: 'Administrator', member: 'Member' },
  added: (name: string) => `${name} is in the project.`,
  table: 'Members of the project',
  columns: { name: 'Name', role: 'Role', since: 'Added', actions: 'Actions' },
  remove: 'Remove',
  removeNamed: (name: string) => `Remove ${name} from the project`,
  leave: 'Leave',
  removed: (name: string) => `${name} is no longer in the project.`,
  you: 'you',
  nobody: 'Nobody else of your organization matches.',
  emptyTitle: 'Nobody is in this project',
  empty: 'Administrators of the organization see it all the same. Add the people who work on it.',
  choose: 'Person',
  chooseFirst: 'Choose a person',
}

export const syncTexts = {
  intro:
    'When the hub reads what happened in the selected resources. Names, times and references are read; code, messages and page content are not.',
  notYet: 'Syncs are not run by this version yet. What is set here is kept and used from the first run on.',
  enabled: 'Sync',
  schedule: 'Schedule',
  schedules: {
    hourly: 'Every hour',
    daily: 'Every day',
    manual: 'Only when asked for',
  } satisfies Record<SyncSettingsBody['schedule'], string>,
  window: 'The first run looks back',
  windows: [7, 30, 90, 180, 365],
  days: (number: number) => count(number, 'day', 'days'),
  of: (label: string, provider: string) => `${label}: ${provider}`,
  saved: (provider: string) => `Settings of ${provider} saved.`,
  on: 'On',
  off: 'Off',
  emptyTitle: 'Nothing to set yet',
  empty: 'Settings appear for each provider that the organization has connected.',
}

export const historyTexts = {
  emptyTitle: 'History begins with the first run',
  empty:
    'Every sync of this project is listed here with its start, its end, its outcome and what it counted.',
  table: 'Sync runs',
  columns: { started: 'Started', provider: 'Provider', by: 'By', outcome: 'Outcome', counts: 'Counts' },
  schedule: 'schedule',
  outcomes: {
    running: 'Running',
    succeeded: 'Succeeded',
    partial: 'In part',
    failed: 'Failed',
    cancelled: 'Cancelled',
  } satisfies Record<SyncRunBody['outcome'], string>,
}

export const impactTexts = {
  projects: (number: number) => (number === 1 ? 'Project that uses it' : 'Projects that use it'),
  hidden: (number: number) =>
    number === 1
      ? 'One more project that you are not in uses it.'
      : `${number} more projects that you are not in use it.`,
  history: 'has sync history',
  noHistory: 'no sync history yet',
  more: (number: number) => `and ${number} more`,
}
