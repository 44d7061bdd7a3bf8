/** The few letters that the hub writes by itself. Plain text: nothing to fetch, nothing hidden. */
import type { MailGate } from '../egress/mail.ts'
import type { Config } from '../config.ts'
import { HubError } from '../errors.ts'

export type Letter = { to: string; subject: string; text: string }

export type Letters = {
  /** Whether a mail server is configured. */
  readonly can: boolean
  /** @throws HubError `upstream_*`, `credential_refused` */
  send(letter: Letter): Promise<void>
  /** Sends without being waited for: how long it takes must tell nobody whether there was anything to send. */
  sendLater(letter: Letter): void
  drain(): Promise<void>
}

export function createLetters(options: {
  settings: Config['mail']
  gate: MailGate
  onError: (error: unknown) => void
}): Letters {
  const { settings, gate, onError } = options
  const underWay = new Set<Promise<void>>()

  async function send({ to, subject, text }: Letter): Promise<void> {
    if (!settings)
      throw new HubError('not_configured', 'No mail server is set up: TRUNKLINE_SMTP_URL is missing.')
    const url = new URL(settings.smtpUrl)
    const host = url.hostname.replace(/^\[|\]$/g, '')
    const outbox = await gate.openOutbox({
      server: {
        host,
        port: Number(url.port) || (url.protocol === 'smtps:' ? 465 : 587),
        security: url.protocol === 'smtps:' ? 'tls' : 'starttls',
      },
      login: { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) },
      hosts: [host],
      // The operator named the server.
      routes: { [host]: `${url.protocol}//${url.host}` },
    })
    const { accepted } = await outbox.send({ from: settings.from, to: [to], subject, text })
    if (accepted.length === 0) throw new HubError('upstream_error', `${host} did not take the message.`)
  }

  return {
    can: settings !== undefined,
    send,
    sendLater(letter) {
      const run: Promise<void> = send(letter)
        .catch(onError)
        .finally(() => underWay.delete(run))
      underWay.add(run)
    },
    async drain() {
      await Promise.all(underWay)
    },
  }
}

export const letters = {
  invitation: (to: string, given: { organization: string; inviter: string; url: string }): Letter => ({
    to,
    subject: `${oneLine(given.inviter)} invites you to ${oneLine(given.organization)} on Trunkline`,
    text: `${oneLine(given.inviter)} invites you to the organization "${oneLine(given.organization)}" on Trunkline.

Accept here, within seven days:
${given.url}

The link works once, and for this e-mail address alone. If you expect no invitation, leave it.
`,
  }),
  passwordReset: (to: string, url: string): Letter => ({
    to,
    subject: 'Set a new password for Trunkline',
    text: `Somebody asked for a new password for this e-mail address on Trunkline.

Set it here, within an hour:
${url}

The link works once. If it was not you, leave it: nothing changes.
`,
  }),
  emailChange: (to: string, url: string): Letter => ({
    to,
    subject: 'Confirm your e-mail address for Trunkline',
    text: `Somebody asked to use this e-mail address for their account on Trunkline.

Confirm here, within an hour, in the browser where you are signed in:
${url}

If it was not you, leave it: nothing changes.
`,
  }),
  emailTaken: (to: string): Letter => ({
    to,
    subject: 'Your e-mail address on Trunkline',
    text: `Somebody asked to use this e-mail address for their account on Trunkline. There is an account with it already,
so nothing was changed. If that was you, sign in with it; else leave this letter.
`,
  }),
  changed: (to: string, what: string): Letter => ({
    to,
    subject: 'A change to your account on Trunkline',
    text: `${what}

If it was not you, tell an administrator of your organization at once.
`,
  }),
}

/** Names are typed by people: none of them starts a line of its own. */
function oneLine(text: string): string {
  return text
    .replaceAll(/[\s\p{C}]+/gu, ' ')
    .trim()
    .slice(0, 100)
}
