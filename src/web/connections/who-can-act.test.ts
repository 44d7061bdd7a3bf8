import { expect, test } from 'vitest'
import type { ConnectionBody, MeBody } from '../../http/wire.ts'
import { whoCanAct } from './who-can-act.ts'

const admin = { id: 'per_1', role: 'admin' } as MeBody
const member = { id: 'per_2', role: 'member' } as MeBody
const broken = (owner: ConnectionBody['owner'], who: ConnectionBody['status']['who'] = 'owner') => ({
  owner,
  status: { who } as ConnectionBody['status'],
})
const organization = { kind: 'organization', id: 'org_1', name: 'Fernhill' } as const

test('members are told whom to ask, administrators that it is theirs to mend', () => {
  expect(whoCanAct(member, broken(organization))).toMatch(/Ask an administrator of Fernhill/)
  expect(whoCanAct(admin, broken(organization))).toMatch(/You/)
  expect(whoCanAct(member, broken({ kind: 'person', id: 'per_2', name: 'Bo' }))).toMatch(/You/)
  expect(whoCanAct(admin, broken({ kind: 'person', id: 'per_2', name: 'Bo' }))).toMatch(/^Bo /)
  expect(whoCanAct(admin, broken(organization, 'provider_admin'))).toMatch(/at the provider/)
  expect(whoCanAct(admin, broken(organization, 'nobody'))).toBeNull()
})
