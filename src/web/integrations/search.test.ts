import { describe, expect, test } from 'vitest'
import { createSearch } from './search.ts'

const entry = (name: string, aliases: string[] = [], category = 'Other') => ({
  id: name.toLowerCase(),
  name,
  aliases,
  category,
  summary: `Read and act on what your team keeps in ${name}.`,
})
const search = createSearch(
  [
    entry('GitHub', ['gh', 'repositories'], 'Engineering & DevOps'),
    entry('GitLab', [], 'Engineering & DevOps'),
    entry('Gmail', ['mail'], 'Communication & Collaboration'),
    entry('Google Calendar', ['events'], 'Calendar'),
    entry('Slack', ['chat'], 'Communication & Collaboration'),
    entry('Salesforce', ['crm'], 'Sales & CRM'),
    entry('Nextcloud', ['files'], 'Storage & Knowledge'),
    entry('Zendesk', ['tickets', 'support'], 'Support & Helpdesk'),
    entry('QuickBooks Online', [], 'Finance & Billing'),
    entry('Jira Cloud', ['atlassian', 'issues'], 'Project Management'),
  ],
  (item) => item,
)

describe('finds first', () => {
  test.each([
    ['github', 'GitHub'],
    ['gihub', 'GitHub'],
    ['githbu', 'GitHub'],
    ['slakc', 'Slack'],
    ['salck', 'Slack'],
    ['zendesc', 'Zendesk'],
    ['next cloud', 'Nextcloud'],
    ['qickbooks', 'QuickBooks Online'],
    ['salesfroce', 'Salesforce'],
    ['atlasian', 'Jira Cloud'],
    ['tickets', 'Zendesk'],
    ['calender', 'Google Calendar'],
    ['crm', 'Salesforce'],
    ['sl', 'Slack'],
    ['gh', 'GitHub'],
    ['cal', 'Google Calendar'],
  ])('%s -> %s', (typed, name) => expect(search(typed)[0]?.name).toBe(name))
})

test('a category finds its members', () => {
  const names = search('devops').map(({ name }) => name)
  expect(names).toContain('GitHub')
  expect(names).toContain('GitLab')
})

test('nonsense finds nothing, nothing typed finds everything in order', () => {
  expect(search('xqzwv')).toEqual([])
  expect(search('  ')).toHaveLength(10)
  expect(search('')[0]?.name).toBe('GitHub')
})
