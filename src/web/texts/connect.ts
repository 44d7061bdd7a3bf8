/** Texts of connecting an account: shown in the dashboard and on the public connect page. */

export const problemTexts = {
  unreachable: {
    title: 'The hub cannot be reached',
    detail: 'The hub does not answer. Check that it is running and that you are online, then try again.',
  },
  strange: (status: number) => ({
    title: 'Unexpected answer',
    detail: `The hub answered ${status} without an explanation. Try again; its log says more.`,
  }),
  page: {
    title: 'This page ran into a problem',
    detail: 'Something in this page failed. Reload it; if that does not help, the browser console says more.',
  },
  retry: 'Try again',
  requestId: (id: string) => `Request id ${id}`,
  choices: 'Choose one of:',
} as const

export const shellTexts = { product: 'Trunkline', privacy: 'Privacy', terms: 'Terms of use' } as const

export const fieldTexts = {
  optional: 'optional',
  required: (label: string) => `Fill in: ${label}.`,
  show: (label: string) => `Show ${label}`,
  hide: (label: string) => `Hide ${label}`,
  sandboxValue: 'Use the sandbox value',
  sealed: 'Sealed in the vault and never shown again.',
  check: (message: string) => `Check this: ${message}`,
  choose: 'Choose one',
  mismatchFallback: 'This does not look as expected.',
}

export const scopeTexts = {
  read: 'Read',
  write: 'Read and write',
  token: (name: string) => `with your own ${name} token`,
  count: (reads: number, writes: number) =>
    [reads > 0 ? `${reads} to read` : '', writes > 0 ? `${writes} to read and write` : '']
      .filter(Boolean)
      .join(', '),
  undeclared: 'Granted by the provider, not described in the catalog.',
}

export const connectTexts = {
  title: (provider: string) => `Connect ${provider}`,
  reconnectTitle: (provider: string) => `Reconnect ${provider}`,
  explainRedirect: (provider: string) =>
    `A new tab opens at ${provider}, where you sign in and approve. Your password never passes through Trunkline.`,
  explainRedirectHere: (provider: string) =>
    `You go to ${provider}, where you sign in and approve, and then come back. Your password never passes through this page.`,
  explainSandbox: (provider: string) =>
    `Sandbox: ${provider} is played by this hub on this machine. No account is needed and nothing leaves it.`,
  explainSecret: (provider: string) =>
    `What you enter is tested against ${provider} first. It is saved, sealed, only when it works.`,
  explainVerified: (provider: string) =>
    `Nothing to sign in to: ${provider} is reached through a connection you already have. The hub asks ${provider} whether it may, and says what is missing if not.`,
  explainReconnect: (account: string) =>
    `This starts from the beginning. The old credential is replaced the moment the new one is there, and never used again; until then one that still works stays in use, so that giving up halfway breaks nothing. The connection keeps its id, its name and everything that uses it. Authorize as ${account}; if another account comes back, you are asked what to do.`,
  asksFor: 'What is asked for',
  asksForNothing: (provider: string) =>
    `${provider} has no separate permissions: the credential decides what can be done.`,
  scopeSet: 'Permissions to ask for',
  method: 'How to connect',
  whereToFind: 'Where to find it',
  submitRedirect: (provider: string) => `Continue to ${provider}`,
  submitSecret: 'Test and connect',
  submitVerify: 'Verify Access',
  cancel: 'Cancel',
  close: 'Close',
  back: 'Back',
  tryAgain: 'Try again',
  waitingTitle: (provider: string) => `Waiting for ${provider}`,
  waiting: (provider: string) =>
    `Finish at ${provider} in the new tab. This page notices by itself, and closes nothing until then: you can go on working.`,
  waitingHelp: 'Nothing opened, or the tab is gone?',
  openAgain: 'Open it again',
  opening: (provider: string) => `Opening ${provider}…`,
  blockedTitle: 'The new tab was blocked',
  blocked: (provider: string) =>
    `Your browser did not let this page open ${provider}. Open it yourself, or continue in this tab and come back here afterwards.`,
  allowPopups: (host: string) =>
    `To have it open by itself next time, allow pop-ups for ${host}: most browsers show a sign in the address bar where they blocked one.`,
  openTab: 'Open in a new tab',
  sameTab: 'Continue in this tab',
  timedOutTitle: (provider: string) => `No answer from ${provider} yet`,
  timedOut:
    'Four minutes have passed and this page stopped asking. The connection may still succeed: finish in the other tab and it shows here. Otherwise start again.',
  dismiss: 'Dismiss',
  startAgain: 'Start again',
  succeededTitle: (provider: string) => `${provider} is connected`,
  failedTitle: (provider: string) => `${provider} was not connected`,
  expired: 'The authorization was not finished in time. Nothing was connected.',
  cancelled: 'The authorization was cancelled. Nothing was connected.',
  remedies: 'What you can do',
  inBackground: (provider: string) => `Waiting for ${provider}. You can go on; the result shows here.`,
  decisionTitle: 'One question before it is connected',
  decide: 'Confirm',
}

export const linkTexts = {
  documentTitle: 'Connect an account',
  title: (organization: string) => `Connect an account to ${organization}`,
  intro: (organization: string) =>
    `${organization} uses Trunkline to reach the services you choose. You decide which, and you can withdraw it at any time.`,
  choose: 'Choose a service',
  search: 'Search services',
  none: 'No service matches.',
  another: 'Choose another service',
  expiredTitle: 'This link cannot be used',
  loading: 'Loading',
  done: (provider: string) => `${provider} is connected`,
  doneDetail: 'You can close this page.',
  returnTo: (host: string) => `Back to ${host}`,
  returning: (host: string) => `Taking you back to ${host}…`,
  sandbox: 'Sandbox',
  waitingProof: 'Your approval arrived. The application you came from completes the connection.',
}

export const resultTexts = {
  documentTitle: 'Authorization',
  succeeded: { title: 'Connected', detail: 'The connection is ready. You can close this tab.' },
  linkSucceeded: 'The connection is ready. Go back to the application you came from.',
  failed: { title: 'Not connected', detail: 'The authorization did not succeed. Nothing was connected.' },
  refused: {
    title: 'Refused',
    detail:
      'This authorization did not start in this browser, or it has expired. To protect you, nothing was exchanged and nothing was connected.',
  },
  proof: {
    title: 'Almost done',
    detail: 'Return to the application you came from: it completes the connection.',
  },
  decision: {
    title: 'One question before it is connected',
    detail: 'Answer it here or in the tab you came from.',
  },
  unknown: {
    title: 'This authorization is not open any more',
    detail:
      'It was finished before, was cancelled, or took longer than ten minutes. Nothing was connected now. Start again from the page you came from.',
  },
  nothing: {
    title: 'Nothing to show',
    detail: 'This page shows the end of an authorization. Start one from the dashboard.',
  },
  checking: 'Checking the result…',
  pending: {
    title: 'Still working',
    detail: 'The hub is finishing the connection. This page shows it when it is done.',
  },
  close: 'Close this tab',
  cannotClose: 'Your browser keeps this tab open. Close it yourself, or go on here.',
  backHere: 'Back to where you were',
  toDashboard: 'Open the dashboard',
}
