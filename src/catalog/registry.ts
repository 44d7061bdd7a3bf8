/** Generated from the folder of providers: run `npm run generate` after adding one. */
import type { Provider } from './define.ts'
import dropbox from './providers/dropbox.ts'
import github from './providers/github.ts'
import google from './providers/google.ts'
import jira from './providers/jira.ts'
import linear from './providers/linear.ts'
import nextcloud from './providers/nextcloud.ts'
import notion from './providers/notion.ts'
import slack from './providers/slack.ts'
import stripe from './providers/stripe.ts'
import telegram from './providers/telegram.ts'
import zendesk from './providers/zendesk.ts'

export const providers: readonly Provider[] = [
  dropbox,
  github,
  google,
  jira,
  linear,
  nextcloud,
  notion,
  slack,
  stripe,
  telegram,
  zendesk,
]

/** Ids with a drawing in `logos/`; the others are shown as a monogram. */
export const logos: ReadonlySet<string> = new Set([
  'dropbox',
  'github',
  'google',
  'jira',
  'linear',
  'nextcloud',
  'notion',
  'stripe',
  'telegram',
  'zendesk',
])

const byId: ReadonlyMap<string, Provider> = new Map(providers.map((provider) => [provider.id, provider]))

export function findProvider(id: string): Provider | undefined {
  return byId.get(id)
}
