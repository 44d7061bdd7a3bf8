/**
 * The contract, for every provider of the catalog and every way to connect it. The provider is the sandbox's; what
 * that is worth is checked apart, against the vendors' own clients and `emulate`.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { providers } from '../../src/catalog/registry.ts'
import { startTestHub, type TestHub } from '../setup/testHub.ts'
import { livesOf, OF_A_LIFE, testLife } from './life.ts'

let t: TestHub
beforeAll(async () => {
  // Many people sign in within a minute here, each from an address of their own.
  t = await startTestHub({ env: { TRUNKLINE_TRUSTED_HOPS: '1' } })
})
afterAll(() => t.close())

/** Cells of the table in docs/providers.md, by the name of the life that showed them. */
const proved = new Map<string, Set<string>>()
const lives = livesOf(providers)

describe.each(lives)('$name', (life) => {
  const cells = new Set<string>()
  proved.set(life.name, cells)
  testLife(
    () => t,
    life,
    (column) => cells.add(column),
  )
})

test('no cell of a life in docs/providers.md is skipped', () => {
  const missing = lives.flatMap(({ name }) =>
    OF_A_LIFE.filter((column) => !proved.get(name)?.has(column)).map((column) => `${name}: ${column}`),
  )
  expect(missing).toEqual([])
})
