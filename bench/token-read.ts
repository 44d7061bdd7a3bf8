/** Reading a token with full authentication and decryption, against two floors measured in the same run. */
import { inTurns, perSecond, print, type Row, serve } from './harness.ts'

export async function benchTokenRead(databaseUrl: string): Promise<void> {
  const bare = await serve('bare')
  const opener = await serve('opener')
  const floor = await serve('floor', { BENCH_DATABASE_URL: databaseUrl })
  const hub = await serve('hub', { BENCH_DATABASE_URL: databaseUrl, BENCH_CONNECTIONS: '64' })
  const uncached = await serve('hub', { BENCH_DATABASE_URL: databaseUrl, BENCH_TOKEN_CACHE: '0' })
  const pathOf = (connection: string | undefined) => `/api/v1/connections/${connection}/token`
  const path = pathOf(hub.info.connection)
  const paths = hub.info.connections?.split(' ').map(pathOf) ?? []
  const headers = { authorization: `Bearer ${hub.info.key}` }
  const rows: Row[] = []
  for (const connections of [1, 16, 64]) {
    const seen = await inTurns({
      bare: { url: bare.url, connections },
      opener: { url: opener.url, headers, connections },
      floor: { url: floor.url, connections },
      hub: { url: hub.url + path, headers, connections },
      spread: { url: hub.url, headers, connections, paths },
      uncached: { url: uncached.url + path, headers, connections },
    })
    rows.push(
      {
        what: `warm cache, ${connections} connections: bare server`,
        ours: perSecond(seen.hub),
        against: perSecond(seen.bare),
        ratio: seen.hub.perSecond / seen.bare.perSecond,
        target: { sense: '>=', value: 0.5 },
      },
      {
        what: `the same, each of an account of its own`,
        ours: perSecond(seen.spread),
        against: perSecond(seen.bare),
        ratio: seen.spread.perSecond / seen.bare.perSecond,
        target: { sense: '>=', value: 0.5 },
      },
      {
        what: `warm cache, ${connections} connections: query + open`,
        ours: perSecond(seen.hub),
        against: perSecond(seen.floor),
        ratio: seen.hub.perSecond / seen.floor.perSecond,
        target: { sense: '>=', value: 1 },
      },
      {
        what: `ceiling, ${connections} connections: hash and open alone`,
        ours: perSecond(seen.opener),
        against: perSecond(seen.bare),
        ratio: seen.opener.perSecond / seen.bare.perSecond,
      },
      {
        what: `cache off, ${connections} connections: query + open`,
        ours: perSecond(seen.uncached),
        against: perSecond(seen.floor),
        ratio: seen.uncached.perSecond / seen.floor.perSecond,
      },
    )
  }
  print('Reading a token (requests per second, ours / theirs)', rows)
  await Promise.all([bare, opener, floor, hub, uncached].map((server) => server.stop()))
}
