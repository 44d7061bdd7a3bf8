import { expect, test } from 'vitest'
import discord from './discord.ts'

const body = { id: '410000000000000001', username: 'ada.okafor', global_name: 'Ada Okafor' }

test('one person with the bot on two servers has two accounts and one grant', () => {
  const on = (guildId: string, guildName: string) =>
    discord.account({ token: undefined, body, parameters: { guildId, guildName } })
  const [first, second] = [on('1100000000000000001', 'Fernhill'), on('1100000000000000002', 'Quayside')]
  expect(first).toEqual({
    id: '410000000000000001:1100000000000000001',
    grant: '410000000000000001',
    label: 'Fernhill (Ada Okafor)',
  })
  expect(second.id).not.toBe(first.id)
  expect(second.grant).toBe(first.grant)
})

test('without a server the account is the person', () => {
  expect(
    discord.account({ token: undefined, body: { ...body, email: 'ada@x.example' }, parameters: {} }),
  ).toEqual({
    id: '410000000000000001',
    grant: '410000000000000001',
    label: 'Ada Okafor',
    email: 'ada@x.example',
  })
})
