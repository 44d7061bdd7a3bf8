/** Generated from the folder of tools: run `npm run generate` after adding one. */
import type { Agent } from './define-tools.ts'
import asana from './tools/asana.ts'
import confluence from './tools/confluence.ts'
import github from './tools/github.ts'
import google from './tools/google.ts'
import hubspot from './tools/hubspot.ts'
import icloud from './tools/icloud.ts'
import jira from './tools/jira.ts'
import linear from './tools/linear.ts'
import microsoft365 from './tools/microsoft-365.ts'
import monday from './tools/monday.ts'
import nextcloud from './tools/nextcloud.ts'
import notion from './tools/notion.ts'
import salesforce from './tools/salesforce.ts'
import shopify from './tools/shopify.ts'
import slack from './tools/slack.ts'
import stripe from './tools/stripe.ts'
import zendesk from './tools/zendesk.ts'
import zoom from './tools/zoom.ts'

export const agents: readonly Agent[] = [
  asana,
  confluence,
  github,
  google,
  hubspot,
  icloud,
  jira,
  linear,
  microsoft365,
  monday,
  nextcloud,
  notion,
  salesforce,
  shopify,
  slack,
  stripe,
  zendesk,
  zoom,
]
