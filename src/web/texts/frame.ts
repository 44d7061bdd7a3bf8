/** Texts of what surrounds every page: navigation, shortcuts, the way back, notices. */

export const navTexts = {
  admin: 'Admin',
  help: 'Help',
  menu: 'Menu',
  close: 'Close the menu',
  attention: (count: number) =>
    count === 1 ? '1 connection needs attention' : `${count} connections need attention`,
  calm: 'No connection needs attention',
  breadcrumb: 'Breadcrumb',
  account: 'Account',
  appearance: 'Appearance',
  direction: 'Direction of text',
  directions: { ltr: 'Left to right', rtl: 'Right to left' },
  tour: 'Getting started',
  shortcuts: 'Keyboard shortcuts',
}

export const shortcutTexts = {
  title: 'Keyboard shortcuts',
  intro: 'Keys pressed one after the other are written side by side.',
  everywhere: 'Everywhere',
  goTo: 'Go to',
  search: 'Search pages, integrations, connections and actions',
  find: 'Move to the page’s search field',
  help: 'Show this list',
  closeDialog: 'Close what lies on top',
  followedBy: 'then',
  plain: 'Use shortcuts of plain letters',
  plainHelp: 'Turn them off where a screen reader or speech input needs the letters.',
}

export const offlineTexts = {
  offline:
    'This device is offline. What you see may be out of date; it is read again once the network is back.',
  back: 'The hub answers again. What you see is up to date.',
}

export const pageErrorTexts = {
  title: 'This page could not be shown',
  detail: 'The rest of the dashboard works. Load the page again; if it fails again, go back to Integrations.',
  outdatedTitle: 'There is a newer version of the dashboard',
  outdated: 'The hub was updated while this page was open. Load the page again to go on.',
  reload: 'Load again',
  home: 'Go to Integrations',
}

export const commandTexts = {
  groups: {
    pages: 'Pages',
    actions: 'Actions',
    integrations: 'Integrations',
    agents: 'Agent',
    projects: 'Project',
    connections: 'Connections',
    help: 'Help',
  },
  connect: (provider: string) => `Connect ${provider}`,
  verifyAccess: (provider: string) => `Verify access to ${provider}`,
  verify: (provider: string, account: string) => `Verify ${provider}: ${account}`,
  reconnect: (provider: string, account: string) => `Reconnect ${provider}: ${account}`,
  disconnect: (provider: string, account: string) => `Disconnect ${provider}: ${account}`,
  theme: { light: 'Use the light theme', dark: 'Use the dark theme', system: 'Follow the system’s theme' },
  direction: { ltr: 'Write from left to right', rtl: 'Write from right to left' },
  shortcuts: 'Show keyboard shortcuts',
  tour: 'Take the first steps again',
  signOut: 'Sign out',
}
