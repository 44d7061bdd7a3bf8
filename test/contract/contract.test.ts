/**
 * The contract, for every provider of the catalog and every way to connect it. The provider is the sandbox's; what
 * that is worth is checked apart, against the vendors' own clients and `emulate`.
 */
import { afterAll, beforeAll, describe } from 'vitest'
import { providers } from '../../src/catalog/registry.ts'
import { startTestHub, type TestHub } from '../setup/testHub.ts'
import { livesOf, testLife } from './life.ts'

let t: TestHub
beforeAll(async () => {
  // Many people sign in within a minute here, each from an address of their own.
  t = await startTestHub({ env: { TRUNKLINE_TRUSTED_HOPS: '1' } })
})
afterAll(() => t.close())

describe.each(livesOf(providers))('$name', (life) => {
  testLife(() => t, life)
})
