/** `npm run bench [names]`: every figure is a ratio against a floor, a peer or a limit measured in the same run. */
import { serve } from './harness.ts'

const BENCHES: Record<string, (databaseUrl: string) => Promise<void>> = {
  'token-read': async (url) => (await import('./token-read.ts')).benchTokenRead(url),
  proxy: async (url) => (await import('./proxy.ts')).benchProxy(url),
  connect: async (url) => (await import('./connect.ts')).benchConnect(url),
  'refresh-storm': async (url) => (await import('./refresh-storm.ts')).benchRefreshStorm(url),
  dashboard: async (url) => (await import('./dashboard.ts')).benchDashboard(url),
  start: async () => (await import('./start.ts')).benchStart(),
  scale: async (url) => (await import('./scale.ts')).benchScale(url),
}

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !(name in BENCHES))
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}. There are: ${Object.keys(BENCHES).join(', ')}.`)
  process.exit(1)
}
for (const [name, bench] of Object.entries(BENCHES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const database = await serve('database')
  try {
    await bench(database.url)
  } finally {
    await database.stop()
  }
}
