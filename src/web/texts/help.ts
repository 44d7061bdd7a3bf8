/** What people ask about, each with a short answer for the place where they ask, and the whole of it for the help page. */
export const helpTexts = {
  title: 'Help',
  intro: 'What the states and messages of this dashboard mean, and what to do.',
  about: (title: string) => `Help: ${title}`,
  more: 'Read more',
  contents: 'Topics',
  reference: 'For programs, see the API reference.',
  topics: {
    statuses: {
      title: 'What the six statuses mean',
      short: 'A connection always tells its status, the cause, since when, and who can mend it.',
      body: [
        'Connected: the provider accepted the credential when it was last asked.',
        'Not Configured: nobody has connected it yet. Choose Connect.',
        'Connection Invalid: the credential ended, or was revoked at the provider. Choose Reconnect.',
        'Setup Required: an administrator has something to do at the provider. The steps stand beside the status.',
        'No Access: the account lacks a permission at the provider. An administrator there can grant it.',
        'Not Available: the product or plan is missing there. Check the subscription.',
      ],
    },
    owners: {
      title: 'Mine, or the organization’s',
      short:
        'Yours acts for you alone. The organization’s serves everybody in it; administrators connect and disconnect it.',
      body: [
        'A connection of your own is used for you. No other member can act with it, and administrators see that it exists, not what it holds.',
        'A connection of the organization is made once, by an administrator, and serves all its members. It stays when that person leaves.',
        'Members see how the organization’s connections are. Where one needs mending, ask an administrator.',
      ],
    },
    connecting: {
      title: 'How connecting goes',
      short: 'A new tab opens at the provider. Sign in and approve there; this page notices by itself.',
      body: [
        'Connect opens a new tab at the provider. Sign in there, choose the account or workspace, and approve what is asked for.',
        'This page learns of it at once, and asks the hub every two seconds besides, for four minutes. You can go on working meanwhile.',
        'Providers without such a page ask for a key or a password instead. It is tried out first, and kept, sealed, only when it works.',
      ],
    },
    verified: {
      title: 'Connect, and Verify Access',
      short:
        'Connect signs in at the provider. Verify Access signs in nowhere: it asks whether a connection you have reaches this product too.',
      body: [
        'Most providers are connected by signing in, or with a key.',
        'Some products are reached through another one of the same site. There is nothing to sign in to, so the button says Verify Access: the hub asks, and tells what is missing.',
        'Where an app installed on the site connects a product, there is nothing to do here at all, and no card stands for it.',
      ],
    },
    popup: {
      title: 'The new tab does not open',
      short:
        'The browser blocks new tabs of this page. Allow them for this address, or go on in the same tab.',
      body: [
        'Allow pop-ups for this address: most browsers show a sign in the address bar when they block one, and let you allow them there. Otherwise look for pop-ups in the browser’s settings for websites.',
        'Without that, choose Continue in this tab. You come back to the same page afterwards.',
        'Inside of another page (an iframe) browsers may ask for permission of its own. Open the dashboard in a tab then.',
      ],
    },
    timeout: {
      title: 'No answer after four minutes',
      short:
        'This page stops asking after four minutes. It may still succeed: finish in the other tab, and it shows here.',
      body: [
        'Choose Dismiss. If you finish in the other tab within ten minutes of the start, the connection appears by itself.',
        'Look at the card: if it says Connected, it has worked.',
        'If it still says Not Configured, choose Connect and go through it again.',
      ],
    },
    reconnect: {
      title: 'Why Reconnect appears',
      short:
        'The provider refuses the credential: it was revoked, the app was removed there, or it ended. Reconnect makes a new one.',
      body: [
        'Somebody withdrew the access at the provider, removed the app, changed a password, or the credential was not used for too long.',
        'Reconnect starts from the beginning at the provider. The old credential is replaced the moment the new one is there, and never used again. Until then one that still works stays in use, so that giving up halfway breaks nothing.',
        'The connection keeps its id, its name and everything that uses it. If another account comes back, you are asked what to do.',
      ],
    },
    stuck: {
      title: 'A connection appears stuck',
      short:
        'Removed at the provider, and still shown as connected here? Verify asks the provider. Force Disconnect clears it without asking.',
      body: [
        'Choose Verify now first: the hub asks the provider, and the status follows.',
        'If the provider no longer knows the app, choose Disconnect and then Force Disconnect. It destroys the credential here and sends nothing to the provider.',
        'Afterwards look at the provider’s own page, which the report links to, whether the access is gone there as well.',
      ],
    },
    setup: {
      title: 'Setup Required, and not Not Configured',
      short:
        'The product is there, and this hub’s app may not use it yet. An administrator opens it at the provider.',
      body: [
        'Follow the steps beside the status, as an administrator of the site.',
        'Then come back and choose Verify Access. The status changes to Connected.',
      ],
    },
    unavailable: {
      title: 'Not Available',
      short:
        'The site or account does not have this product. It needs a subscription of its own at the provider.',
      body: [
        'Check at the provider whether the product is part of your plan.',
        'Without it, leave the integration out: everything else works.',
      ],
    },
    refused: {
      title: 'Authorization failed',
      short: 'The message names the cause that applies, and what to change.',
      body: [
        'Usual causes: the OAuth client is not set, its redirect URI is not registered at the provider, a subdomain or shop was mistyped, or the access was not allowed.',
        'Administrators find each provider’s values under Admin, and can have the client checked there.',
      ],
    },
    expired: {
      title: 'A token expired',
      short: 'Tokens are renewed in time, by themselves. If that fails for good, Reconnect appears.',
      body: [
        'While a renewal is failing and the old token still works, the badge says Connected, retrying.',
        'Where nothing can renew a credential, the badge says Connected, ends soon, days before.',
      ],
    },
    sandbox: {
      title: 'What Sandbox means',
      short: 'This hub plays the provider on its own machine. No account is needed, and nothing leaves it.',
      body: [
        'Everything works as with the real service: consent page, tokens, revocation, calls.',
        'Once an administrator sets the client of the real service, Connect goes there instead. Connections to the sandbox stay what they are.',
      ],
    },
    disconnect: {
      title: 'What disconnecting does',
      short:
        'First it shows what stops. Then the credential is destroyed, and revoked at the provider where that is possible.',
      body: [
        'Selections, settings and history are kept, and work again once it is reconnected.',
        'The report tells item by item what was done, and what is left to do at the provider by hand.',
      ],
    },
  },
}

export type HelpTopic = keyof typeof helpTexts.topics
