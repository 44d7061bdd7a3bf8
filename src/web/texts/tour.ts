/** Texts of the first steps. */
export const tourTexts = {
  title: 'First steps',
  intro:
    'A connected account and a first answer, in about a minute. The sandbox plays the provider on this machine, so nothing real is touched.',
  introLive: 'A connected account and a first answer, in a few minutes.',
  progress: (done: number, all: number) => `${done} of ${all} done`,
  steps: {
    connect: {
      title: 'Connect an account',
      detail: (provider: string) => `Start with ${provider}: see what it asks for, then continue.`,
    },
    connected: {
      title: 'See Connected',
      detail: 'Approve in the new tab. It closes itself, and the card here changes.',
      done: (account: string) => `${account} is connected.`,
    },
    call: {
      title: 'Make a test call',
      detail: 'See a real answer come back through the connection.',
    },
    next: { title: 'Go on from here', detail: 'A key for your program, people, and the real services.' },
  },
  done: 'done',
  now: 'now',
  connect: (provider: string) => `Connect ${provider}`,
  call: 'Make a test call',
  orChoose: 'or choose any integration below',
  leave: 'Put the first steps aside',
  left: 'Put aside. They are under your account’s menu, as Getting started.',
  finish: 'Done with the first steps',
  nextTitle: 'It works. What next?',
  nextIntro: 'The answer came from the provider, with a credential that never left the vault.',
  next: {
    key: {
      title: 'Give a program a key',
      detail: 'It calls providers through the hub, without their tokens.',
    },
    real: {
      title: 'Set up a real service',
      detail: 'Register an OAuth client; the guide has every value to paste.',
    },
    people: { title: 'Invite people', detail: 'Each connects accounts of their own.' },
    more: { title: 'Connect more accounts', detail: 'Every integration works the same way.' },
    help: { title: 'Read how it works', detail: 'Statuses, owners, and what to do when something fails.' },
  },
  onPage: {
    callTitle: 'Last step but one: run the call below',
    called: 'That was the first call.',
    back: 'See what is next',
  },
  noSandboxTitle: 'Set up your first integration',
  noSandbox:
    'This hub runs without the sandbox, and no integration has its OAuth client yet. Open one below: its set-up guide has the redirect URI and the scopes to paste.',
}
