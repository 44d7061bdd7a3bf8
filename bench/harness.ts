/** Servers as child processes, load from this one, and figures that are ratios of what was measured in the same run. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import autocannon from 'autocannon'

export type Served = { url: string; pid: number; info: Record<string, string>; stop(): Promise<void> }

/** A benchmark that fails leaves nothing running. */
const children = new Set<ChildProcess>()
process.once('exit', () => children.forEach((child) => child.kill('SIGTERM')))

/** Starts `bench/servers/<name>.ts`; it prints one line of JSON with `url` and whatever callers need to know. */
export async function serve(name: string, env: Record<string, string> = {}): Promise<Served> {
  const file = fileURLToPath(new URL(`./servers/${name}.ts`, import.meta.url))
  const child: ChildProcess = spawn(process.execPath, [file], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.add(child)
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })
  const line = await new Promise<string>((resolve, reject) => {
    lines.once('line', resolve)
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code} before it was ready`)))
  })
  const info = JSON.parse(line) as Record<string, string>
  return {
    url: info.url as string,
    pid: child.pid as number,
    info,
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve())
        child.kill('SIGTERM')
      }),
  }
}

export type Load = {
  url: string
  headers?: Record<string, string>
  connections: number
  seconds?: number
  requests?: autocannon.Request[]
  /** Each of the load's connections asks for one of these, in turn, instead of the address's own path. */
  paths?: string[]
}
export type Figures = { perSecond: number; p50: number; p99: number }

export async function load({
  url,
  headers = {},
  connections,
  seconds = 2,
  requests,
  paths,
}: Load): Promise<Figures> {
  let clients = 0
  const result = await autocannon({
    url,
    headers,
    connections,
    duration: seconds,
    ...(requests ? { requests } : {}),
    ...(paths && {
      setupClient: (client) => client.setRequests([{ path: paths[clients++ % paths.length] }]),
    }),
  })
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url}: ${result.non2xx} bad answers, ${result.errors} errors`)
  return { perSecond: result.requests.average, p50: result.latency.p50, p99: result.latency.p99 }
}

/**
 * Measures several loads in short turns, so that a busy moment of the machine falls on all of them; the median round of
 * each counts. A first round warms up and is thrown away.
 */
export async function inTurns<Name extends string>(
  loads: Record<Name, Load>,
  rounds = 5,
): Promise<Record<Name, Figures>> {
  const names = Object.keys(loads) as Name[]
  const seen = Object.fromEntries(names.map((name) => [name, [] as Figures[]])) as Record<Name, Figures[]>
  for (const name of names) await load({ ...loads[name], seconds: 1 })
  for (let round = 0; round < rounds; round++) {
    for (const name of names) seen[name].push(await load(loads[name]))
  }
  return Object.fromEntries(names.map((name) => [name, medianRound(seen[name])])) as Record<Name, Figures>
}

function medianRound(figures: readonly Figures[]): Figures {
  return [...figures].sort((a, b) => a.perSecond - b.perSecond)[Math.floor(figures.length / 2)] as Figures
}

export function median(figures: readonly number[]): number {
  return [...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)] as number
}

export type Row = {
  what: string
  ours: string
  against: string
  ratio: number
  /** What the ratio must reach (`>=`) or stay under (`<=`); absent: told for information. */
  target?: { sense: '>=' | '<='; value: number }
}

export function print(title: string, rows: readonly Row[]): void {
  console.log(`\n${title}`)
  for (const { what, ours, against, ratio, target } of rows) {
    const met = !target
      ? ''
      : (target.sense === '>=' ? ratio >= target.value : ratio <= target.value)
        ? 'met '
        : 'MISS'
    const wanted = target ? `(${target.sense} ${target.value})` : ''
    console.log(
      `  ${met.padEnd(4)} ${what.padEnd(46)} ${ratio.toFixed(2).padStart(7)} ${wanted.padEnd(10)} ${ours}  against  ${against}`,
    )
  }
}

export const perSecond = (figures: Figures): string =>
  `${Math.round(figures.perSecond)}/s p50 ${figures.p50} ms p99 ${figures.p99} ms`
