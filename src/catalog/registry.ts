/** Generated from the folder of providers: run `npm run generate` after adding one. */
import type { Provider } from './define.ts'
import box from './providers/box.ts'
import dropbox from './providers/dropbox.ts'
import freshdesk from './providers/freshdesk.ts'
import github from './providers/github.ts'
import google from './providers/google.ts'
import intercom from './providers/intercom.ts'
import jira from './providers/jira.ts'
import linear from './providers/linear.ts'
import linkedinAds from './providers/linkedin-ads.ts'
import mailchimp from './providers/mailchimp.ts'
import nextcloud from './providers/nextcloud.ts'
import notion from './providers/notion.ts'
import slack from './providers/slack.ts'
import stripe from './providers/stripe.ts'
import telegram from './providers/telegram.ts'
import zendesk from './providers/zendesk.ts'

export const providers: readonly Provider[] = [
  box,
  dropbox,
  freshdesk,
  github,
  google,
  intercom,
  jira,
  linear,
  linkedinAds,
  mailchimp,
  nextcloud,
  notion,
  slack,
  stripe,
  telegram,
  zendesk,
]

/** Ids with a drawing in `logos/`; the others are shown as a monogram. */
export const logos: ReadonlySet<string> = new Set([
  'box',
  'dropbox',
  'github',
  'google',
  'intercom',
  'jira',
  'linear',
  'mailchimp',
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
