/** Texts of the Integrations page's two sides, of what a status says besides its name, and of advice. */

export const whoseTexts = {
  label: 'Whose connections',
  mine: 'Mine',
  organization: 'Organization',
  mineIntro: 'Accounts that act for you alone. Connect them, and let your software use them.',
  organizationIntro: (name: string) => `Connected once for everybody in ${name}; administrators manage them.`,
  memberIntro: (name: string) =>
    `Connected once for everybody in ${name}. Administrators manage them: ask one where something is missing.`,
  withSite: (name: string, account: string) =>
    `${name} is connected with ${account} by the app installed there: there is nothing to configure, so it has no card.`,
  withSiteLink: 'See the connection',
  ask: 'An administrator of your organization can connect it.',
  noClient: 'Its OAuth client is not set yet.',
  noClientAsk: 'Its OAuth client is not set yet. An administrator sets it up.',
  setUp: 'Set up',
  setUpNamed: (provider: string) => `Set up ${provider}`,
}

export const reportTexts = {
  you: 'You can mend it.',
  youAsAdmin: 'You can mend it, as an administrator.',
  ownerOf: (name: string) => `${name} can mend it.`,
  adminOf: (organization: string) => `Ask an administrator of ${organization}: they can mend it.`,
  siteAdmin: 'An administrator at the provider can mend it.',
  operator: 'Whoever runs this hub can mend it.',
  providerAdmin: 'Ask an administrator at the provider.',
  steps: 'What an administrator does at the provider',
  stepsCount: (count: number) => (count === 1 ? 'Show the step' : `Show the ${count} steps`),
  reverify: 'Verify Access',
  reverifyNamed: (provider: string, account: string) => `Verify access to ${provider} again, ${account}`,
  stuck: 'Appears stuck?',
  stuckNamed: (account: string) => `Force Disconnect ${account}`,
  stuckAction: 'Force Disconnect',
}

export const adviceTexts = {
  needs: 'What you need',
  limits: 'Good to know',
  best: 'Works best',
  after: 'Next',
}
