/** The pages that a provider's review asks for: privacy, terms, and what became of a request for deletion. */
import type { Config } from '../config.ts'
import type { DeletionState } from '../connect/departures.ts'
import { escapeHtml, renderMarkdown } from './markdown.ts'

export type Legal = Config['legal']

export function renderPrivacy({ legal, publicUrl }: Pick<Config, 'legal' | 'publicUrl'>): string {
  return renderDocument('Privacy', renderMarkdown(legal.privacy ?? privacyText(legal, publicUrl)))
}

export function renderTerms({ legal, publicUrl }: Pick<Config, 'legal' | 'publicUrl'>): string {
  return renderDocument('Terms of use', renderMarkdown(legal.terms ?? termsText(legal, publicUrl)))
}

/** Says how far a request is; nothing in it tells of the person. */
export function renderDeletion(state: DeletionState | undefined, legal: Legal): string {
  const contact = contactOf(legal)
  if (!state) {
    return renderDocument(
      'Data deletion',
      renderMarkdown(
        `# No such request\n\nNo request for deletion has this code. Copy the whole address as it was given to you, or ask ${contact}.`,
      ),
    )
  }
  const received = `It was received on ${onDay(state.receivedAt)}.`
  const text =
    state.status === 'pending'
      ? `# Deletion is under way\n\n${received} Accounts are being disconnected and their data erased. This page tells when it is done; that is a matter of minutes.`
      : `# Deletion is done\n\n${received} It was finished on ${onDay(state.finishedAt ?? state.receivedAt)}.\n\nThe accounts that were connected here by way of your log-in are disconnected. Their credentials are destroyed, and the names, ids and history kept with them are erased. Where nothing was kept, nothing had to be done.`
  return renderDocument('Data deletion', renderMarkdown(`${text}\n\nQuestions are answered by ${contact}.`))
}

function renderDocument(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><link rel="stylesheet" href="/legal.css"></head><body>
<main>${body}</main>
<footer><a href="/privacy">Privacy</a> <a href="/terms">Terms of use</a></footer></body></html>`
}

/** What is true of a hub as it comes; whoever runs one for others should write a text of their own. */
function privacyText(legal: Legal, publicUrl: string): string {
  return `# Privacy

This hub connects accounts at other services, so that software can act through them. It runs on a server of its operator, ${nameOf(legal)}, at ${publicUrl}. The operator decides who may use it and what for.

## What is stored

- **Of people who sign in:** name, e-mail address and role; for each session its time, the network address and the name of the browser.
- **Of people who connect an account through another application:** the id by which that application knows them, and the name and e-mail address it passes along.
- **Of each connected account:** its name, id and e-mail address at the service, the permissions granted, its status, and a timeline of what happened to the connection.
- **Credentials:** access tokens, refresh tokens and keys. They are encrypted, each connection with a key of its own.
- **A log of actions:** who did what and when, with the network address.

What is read or sent through a connected account passes through the hub and is not kept by it.

## What it is used for

To act at the connected service for whoever connected it, within the permissions granted, and to keep the connection alive. It is not used for advertising, not sold, and not evaluated.

## Who else receives it

The connected service itself receives the calls that are made to it. Nothing is sent to anyone else: pages of this hub load nothing from other servers. Cookies hold the session and a flow that was begun; none are for tracking.

## How long

A credential is destroyed when its account is disconnected. The timeline of a connection and the log of actions stay until the operator removes them.

## How to have it deleted

- Disconnect the account here, under Connections. The access is revoked at the service where it offers that.
- Or remove the app at the service. At Facebook and Instagram you can ask for deletion there: everything connected by way of your log-in is then disconnected and erased, and you get an address that tells how far it is.
- Or ask ${contactOf(legal)}.

You may ask the same for a copy of what is stored about you, and have it corrected.
`
}

function termsText(legal: Legal, publicUrl: string): string {
  return `# Terms of use

This hub at ${publicUrl} is run by ${nameOf(legal)}. It connects accounts at other services, so that software can act through them.

## Your accounts

- Connect accounts only that are yours, or that you may connect for their owner.
- The hub acts at a service with the permissions you grant, and with no others. What it does there counts as done by you.
- The terms of each service go on to apply.
- You can disconnect an account at any time, here or at the service.

## The hub

- Do not use it to get around the limits or the security of a service, or of this hub.
- The operator may disconnect accounts and withdraw access, for example where a service demands it.
- Services change and fail. The hub is provided as it is, without a promise that it is always available, as far as the law allows.

## Contact

Questions are answered by ${contactOf(legal)}. What is stored, and how to have it deleted, is told under [Privacy](/privacy).
`
}

const nameOf = ({ operator }: Legal) => operator ?? 'who can be asked where you were given this address'

function contactOf({ operator, contact }: Legal): string {
  if (!contact) return operator ?? 'whoever runs this hub'
  const link = contact.includes('://') ? `<${contact}>` : `[${contact}](mailto:${contact})`
  return operator ? `${operator}, ${link}` : link
}

function onDay(time: Date): string {
  return `${time.toISOString().slice(0, 10)} at ${time.toISOString().slice(11, 16)} UTC`
}

export const LEGAL_CSS = `:root { color-scheme: light dark; color: light-dark(#111827, #e5e7eb); background: light-dark(#ffffff, #0b1020); }
body { margin: 0 auto; max-width: 42rem; padding: 2rem 1rem 4rem; font: 16px/1.6 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.8rem; line-height: 1.25; }
h2 { margin-top: 2.5rem; font-size: 1.25rem; }
li { margin: .3rem 0; }
code { font: .9em ui-monospace, monospace; }
a { color: light-dark(#1d4ed8, #93c5fd); }
footer { margin-top: 3rem; border-top: 1px solid color-mix(in srgb, currentColor 18%, transparent); padding-top: 1rem; display: flex; gap: 1rem; }
`
