/** A call through the hub, against the fastest bare proxy we know to write and against the upstream itself. */
import { inTurns, perSecond, print, type Row, serve } from './harness.ts'

export async function benchProxy(databaseUrl: string): Promise<void> {
  const upstream = await serve('upstream')
  const bare = await serve('bare-proxy', { BENCH_UPSTREAM: upstream.url })
  const ceiling = await serve('bare-proxy', { BENCH_UPSTREAM: upstream.url, BENCH_SEALED: '1' })
  const hub = await serve('hub', {
    BENCH_DATABASE_URL: databaseUrl,
    BENCH_UPSTREAM: upstream.url,
    BENCH_CONNECTIONS: '64',
  })
  const pathOf = (connection: string | undefined) => `/api/v1/proxy/${connection}/user`
  const paths = hub.info.connections?.split(' ').map(pathOf) ?? []
  const headers = { authorization: `Bearer ${hub.info.key}` }
  const rows: Row[] = []
  for (const connections of [1, 16, 64]) {
    const seen = await inTurns({
      direct: { url: `${upstream.url}/user`, connections },
      bare: { url: `${bare.url}/user`, connections },
      ceiling: { url: `${ceiling.url}/user`, headers, connections },
      hub: { url: hub.url + pathOf(hub.info.connection), headers, connections },
      spread: { url: hub.url, headers, connections, paths },
    })
    rows.push(
      {
        what: `${connections} connections: bare proxy`,
        ours: perSecond(seen.hub),
        against: perSecond(seen.bare),
        ratio: seen.hub.perSecond / seen.bare.perSecond,
        target: { sense: '>=', value: 0.8 },
      },
      {
        what: `the same, each of an account of its own`,
        ours: perSecond(seen.spread),
        against: perSecond(seen.bare),
        ratio: seen.spread.perSecond / seen.bare.perSecond,
        target: { sense: '>=', value: 0.8 },
      },
      {
        what: `${connections} connections: ceiling, hash and open alone`,
        ours: perSecond(seen.ceiling),
        against: perSecond(seen.bare),
        ratio: seen.ceiling.perSecond / seen.bare.perSecond,
      },
      {
        what: `${connections} connections: upstream without a proxy`,
        ours: perSecond(seen.hub),
        against: perSecond(seen.direct),
        ratio: seen.hub.perSecond / seen.direct.perSecond,
      },
    )
  }
  print('Proxying a call (requests per second, ours / theirs)', rows)
  await Promise.all([upstream, bare, ceiling, hub].map((server) => server.stop()))
}
