/** Generated from the folder of stand-ins: run `npm run generate` after adding one. */
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
import type { CreateStandIn } from './stand-in.ts'

export const standIns: Readonly<Record<string, CreateStandIn>> = {
  box,
  dropbox,
  freshdesk,
  github,
  google,
  intercom,
  jira,
  linear,
  'linkedin-ads': linkedinAds,
  mailchimp,
  nextcloud,
  notion,
  slack,
  stripe,
  telegram,
  zendesk,
}
