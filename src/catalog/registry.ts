/** Generated from the folder of providers: run `npm run generate` after adding one. */
import type { Provider } from './define.ts'
import asana from './providers/asana.ts'
import box from './providers/box.ts'
import confluence from './providers/confluence.ts'
import discord from './providers/discord.ts'
import dropbox from './providers/dropbox.ts'
import figma from './providers/figma.ts'
import freshdesk from './providers/freshdesk.ts'
import github from './providers/github.ts'
import gitlab from './providers/gitlab.ts'
import gmail from './providers/gmail.ts'
import google from './providers/google.ts'
import googleAds from './providers/google-ads.ts'
import googleAnalytics from './providers/google-analytics.ts'
import googleCalendar from './providers/google-calendar.ts'
import googleChat from './providers/google-chat.ts'
import googleContacts from './providers/google-contacts.ts'
import googleDrive from './providers/google-drive.ts'
import googleReviews from './providers/google-reviews.ts'
import hubspot from './providers/hubspot.ts'
import hubspotMarketing from './providers/hubspot-marketing.ts'
import icloud from './providers/icloud.ts'
import instagram from './providers/instagram.ts'
import intercom from './providers/intercom.ts'
import jira from './providers/jira.ts'
import linear from './providers/linear.ts'
import linkedinAds from './providers/linkedin-ads.ts'
import mailchimp from './providers/mailchimp.ts'
import metaAds from './providers/meta-ads.ts'
import microsoft365 from './providers/microsoft-365.ts'
import microsoftTeams from './providers/microsoft-teams.ts'
import monday from './providers/monday.ts'
import nextcloud from './providers/nextcloud.ts'
import notion from './providers/notion.ts'
import onedrive from './providers/onedrive.ts'
import outlook from './providers/outlook.ts'
import outlookCalendar from './providers/outlook-calendar.ts'
import outlookContacts from './providers/outlook-contacts.ts'
import quickbooks from './providers/quickbooks.ts'
import salesforce from './providers/salesforce.ts'
import shopify from './providers/shopify.ts'
import slack from './providers/slack.ts'
import stripe from './providers/stripe.ts'
import stripeConnect from './providers/stripe-connect.ts'
import tableau from './providers/tableau.ts'
import telegram from './providers/telegram.ts'
import trello from './providers/trello.ts'
import whatsapp from './providers/whatsapp.ts'
import xero from './providers/xero.ts'
import zendesk from './providers/zendesk.ts'
import zohoBooks from './providers/zoho-books.ts'
import zohoCrm from './providers/zoho-crm.ts'
import zohoInventory from './providers/zoho-inventory.ts'
import zohoMail from './providers/zoho-mail.ts'
import zohoProjects from './providers/zoho-projects.ts'
import zohoWorkdrive from './providers/zoho-workdrive.ts'
import zoom from './providers/zoom.ts'

export const providers: readonly Provider[] = [
  asana,
  box,
  confluence,
  discord,
  dropbox,
  figma,
  freshdesk,
  github,
  gitlab,
  gmail,
  google,
  googleAds,
  googleAnalytics,
  googleCalendar,
  googleChat,
  googleContacts,
  googleDrive,
  googleReviews,
  hubspot,
  hubspotMarketing,
  icloud,
  instagram,
  intercom,
  jira,
  linear,
  linkedinAds,
  mailchimp,
  metaAds,
  microsoft365,
  microsoftTeams,
  monday,
  nextcloud,
  notion,
  onedrive,
  outlook,
  outlookCalendar,
  outlookContacts,
  quickbooks,
  salesforce,
  shopify,
  slack,
  stripe,
  stripeConnect,
  tableau,
  telegram,
  trello,
  whatsapp,
  xero,
  zendesk,
  zohoBooks,
  zohoCrm,
  zohoInventory,
  zohoMail,
  zohoProjects,
  zohoWorkdrive,
  zoom,
]

/** Ids with a drawing in `logos/`; the others are shown as a monogram. */
export const logos: ReadonlySet<string> = new Set([
  'asana',
  'box',
  'confluence',
  'discord',
  'dropbox',
  'figma',
  'github',
  'gitlab',
  'gmail',
  'google',
  'google-ads',
  'google-analytics',
  'google-calendar',
  'google-chat',
  'google-contacts',
  'google-drive',
  'google-reviews',
  'hubspot',
  'hubspot-marketing',
  'icloud',
  'instagram',
  'intercom',
  'jira',
  'linear',
  'mailchimp',
  'nextcloud',
  'notion',
  'quickbooks',
  'shopify',
  'stripe',
  'stripe-connect',
  'telegram',
  'trello',
  'whatsapp',
  'xero',
  'zendesk',
  'zoho-books',
  'zoho-crm',
  'zoho-inventory',
  'zoho-mail',
  'zoho-projects',
  'zoho-workdrive',
  'zoom',
])

const byId: ReadonlyMap<string, Provider> = new Map(providers.map((provider) => [provider.id, provider]))

export function findProvider(id: string): Provider | undefined {
  return byId.get(id)
}
