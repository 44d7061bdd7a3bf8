import { expect, test } from 'vitest'
import { createSessionWatch } from './session-watch.ts'

async function watch(isSignedIn: () => Promise<boolean>): Promise<string[]> {
  const told: string[] = []
  const refused = createSessionWatch({
    isSignedIn: async () => {
      told.push('asked')
      return isSignedIn()
    },
    onFresh: () => told.push('fresh'),
    onOver: () => told.push('over'),
    wait: async () => undefined,
  })
  // Several requests of a page are refused together.
  for (let times = 0; times < 3; times += 1) refused()
  await new Promise((resolve) => setImmediate(resolve))
  return told
}

test('a request that carried an old cookie sends nobody away', async () => {
  expect(await watch(async () => true)).toEqual(['asked', 'fresh'])
})

test('a session that is over leads to the sign-in page, once', async () => {
  expect(await watch(async () => false)).toEqual(['asked', 'over'])
})

test('a hub that does not answer signs nobody out', async () => {
  expect(await watch(() => Promise.reject(new Error('away')))).toEqual(['asked'])
})
