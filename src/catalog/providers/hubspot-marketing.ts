import { defineProvider } from '../define.ts'
import {
  hubspotNotes,
  hubspotOAuth,
  hubspotScopes,
  hubspotSetup,
  hubspotShared,
  hubspotSources,
  hubspotSteps,
} from '../families/hubspot.ts'

export default defineProvider({
  ...hubspotShared,
  id: 'hubspot-marketing',
  name: 'HubSpot Marketing',
  category: 'Marketing & Advertising',
  summary: 'Read and write marketing e-mails, blog posts, landing pages and site pages.',
  aliases: ['marketing hub', 'content hub', 'e-mails', 'landing pages', 'blog'],
  callback: 'universal',
  auth: [hubspotOAuth],
  scopes: hubspotScopes,
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'The content, and what names the account.',
      scopes: ['oauth', 'content'],
    },
    automation: {
      label: 'Automation',
      note: 'The list of the guide for automation, with oauth.',
      scopes: ['oauth', 'content'],
      documented: {
        scopes: ['content'],
        reason: 'HubSpot wants oauth of every app, and without it the account cannot be named.',
      },
    },
  },
  test_calls: [
    { label: 'Account', method: 'GET', path: '/account-info/v3/details' },
    { label: 'Marketing e-mails', method: 'GET', path: '/marketing/v3/emails?limit=10' },
    { label: 'Blog posts', method: 'GET', path: '/cms/v3/blogs/posts?limit=10' },
    { label: 'Landing pages', method: 'GET', path: '/cms/v3/pages/landing-pages?limit=10' },
  ],
  setup: {
    ...hubspotSetup,
    prerequisites: [
      'A HubSpot developer account, to make the app.',
      'The HubSpot account has Marketing Hub or Content Hub; others cannot grant content.',
      'Whoever connects is a super admin of it, or has the permission App Marketplace access.',
    ],
    steps: hubspotSteps,
    notes: hubspotNotes,
  },
  webhooks: {
    mode: 'none',
    note: 'One app serves both entries, and its webhooks are set up with HubSpot; none of them is about content.',
  },
  no_resources: 'The portal is what the connection is bound to; campaigns are not chosen one by one.',
  sources: hubspotSources,
  checked: '2026-11-21',
  doubts: [
    'Which product an account has is not told beforehand: HubSpot refuses the grant where content is not part of it.',
  ],
})
