/** The same token read with a thousand and with a hundred thousand connections stored, past the cache. */
import { inTurns, perSecond, print, serve } from './harness.ts'

export async function benchScale(databaseUrl: string): Promise<void> {
  const seen: Record<string, Awaited<ReturnType<typeof measure>>> = {}
  seen.few = await measure(1_000)
  seen.many = await measure(99_000)
  const { few, many } = seen as {
    few: Awaited<ReturnType<typeof measure>>
    many: Awaited<ReturnType<typeof measure>>
  }
  print('Reading a token as the store grows (time with 100,000 connections / with 1,000)', [
    {
      what: 'cache off',
      ours: perSecond(many.uncached),
      against: perSecond(few.uncached),
      ratio: few.uncached.perSecond / many.uncached.perSecond,
      target: { sense: '<=', value: 1.2 },
    },
    {
      what: 'warm cache',
      ours: perSecond(many.cached),
      against: perSecond(few.cached),
      ratio: few.cached.perSecond / many.cached.perSecond,
      target: { sense: '<=', value: 1.2 },
    },
  ])

  /** Adds connections to the database of the run, then reads one of them. */
  async function measure(add: number) {
    const hub = await serve('hub', { BENCH_DATABASE_URL: databaseUrl, BENCH_CONNECTIONS: String(add) })
    const uncached = await serve('hub', {
      BENCH_DATABASE_URL: databaseUrl,
      BENCH_CONNECTIONS: '0',
      BENCH_TOKEN_CACHE: '0',
    })
    const path = `/api/v1/connections/${hub.info.last}/token`
    const headers = { authorization: `Bearer ${hub.info.key}` }
    const figures = await inTurns({
      cached: { url: hub.url + path, headers, connections: 16 },
      uncached: { url: uncached.url + path, headers, connections: 16 },
    })
    await Promise.all([hub.stop(), uncached.stop()])
    return figures
  }
}
