import { expect, test } from 'vitest'
import type { ConnectionBody, ConnectionsOverviewBody, ProviderSummaryBody } from '../../http/wire.ts'
import { currentStep, firstConnection, firstProvider, isTourOn } from './steps.ts'
import { parseTour } from './tour-state.ts'

const provider = (id: string, rest: Partial<ProviderSummaryBody>) =>
  ({ id, mode: 'sandbox', primary_method: 'oauth2', starter: false, ...rest }) as ProviderSummaryBody

test('begins with the declared starter, not with the first of the alphabet', () => {
  const asana = provider('asana', {})
  const known = provider('known', { starter: true })
  expect(firstProvider([asana, known])?.id).toBe('known')
  expect(firstProvider([asana, { ...known, mode: 'unconfigured' }])?.id).toBe('asana')
  expect(firstProvider([asana, { ...known, mode: 'live' }])?.id).toBe('asana')
  expect(
    firstProvider([
      { ...asana, mode: 'live' },
      { ...known, mode: 'live' },
    ])?.id,
  ).toBe('known')
  expect(firstProvider([{ ...known, mode: 'unconfigured' }])).toBeUndefined()
})

const group = (
  owner: 'person' | 'organization',
  ...connections: [id: string, status: string, mode: string][]
) =>
  ({
    owner,
    connections: connections.map(
      ([id, status, mode]) => ({ id, mode, status: { status } }) as ConnectionBody,
    ),
  }) as ConnectionsOverviewBody['groups'][number]

test('calls through one’s own account, the sandbox’s first, and through none that is broken', () => {
  expect(
    firstConnection([
      group('organization', ['theirs', 'connected', 'sandbox']),
      group('person', ['broken', 'connection_invalid', 'sandbox'], ['live', 'connected', 'live']),
      group('person', ['mine', 'connected', 'sandbox']),
    ])?.id,
  ).toBe('mine')
  expect(firstConnection([group('person', ['broken', 'no_access', 'sandbox'])])).toBeUndefined()
  expect(firstConnection([group('organization', ['theirs', 'connected', 'sandbox'])])).toBeUndefined()
})

test('steps follow from what is there', () => {
  expect(currentStep({ connected: false, called: false })).toBe('connect')
  expect(currentStep({ connected: true, called: false })).toBe('call')
  expect(currentStep({ connected: true, called: true })).toBe('next')
})

test('stands back for whoever has found the way, and comes when asked for', () => {
  const fresh = { isLeft: false, isDone: false, isBegun: false, hasCalled: false }
  const own = (total: number) => [{ ...group('person'), total }]
  expect(isTourOn(fresh, own(0))).toBe(true)
  expect(isTourOn(fresh, own(1))).toBe(true)
  expect(isTourOn(fresh, own(2))).toBe(false)
  expect(isTourOn({ ...fresh, isBegun: true }, own(2))).toBe(true)
  expect(isTourOn({ ...fresh, isLeft: true }, own(0))).toBe(false)
  expect(isTourOn({ ...fresh, isDone: true }, own(0))).toBe(false)
})

test('a mangled memory is an empty one', () => {
  for (const stored of [null, 'x', '[]', '7', '{"left":"yes"}']) expect(parseTour(stored)).toEqual({})
  expect(parseTour('{"left":true,"called":true}')).toEqual({ left: true, called: true })
})
