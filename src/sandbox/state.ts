/**
 * What the sandbox remembers, as one JSON file: written to a neighbour and renamed, so that a reader never sees half
 * of it. Tokens are kept as hashes, as a provider keeps them; what has to be shown again (example keys) is derived
 * from one random secret.
 */
import { createHmac } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Account } from './stand-in.ts'
import type { CodeRecord, TokenRecord } from './tokens.ts'

export type Settings = {
  /** Slack's knob: tokens expire and are refreshed. */
  rotation?: boolean
  /** Seconds; null: access tokens do not expire. */
  lifetime?: number | null
  /** How many repositories, channels, projects ... it has beside its hand-made ones. */
  crowd?: number
}

export type State = {
  secret: string
  /** Accounts added on a consent page, by provider. */
  accounts: Record<string, Account[]>
  /** Counts up when an example key is revoked, so that the next one differs. */
  generations: Record<string, number>
  tokens: Map<string, TokenRecord>
  codes: Map<string, CodeRecord>
  data: Record<string, unknown>
  settings: Record<string, Settings>
}

export type Store = {
  state: State
  /** Marks a change; the file follows within a moment. */
  changed(): void
  /** Text that stays the same for a label, and that nobody can guess. */
  derive(label: string, length: number, alphabet: string): string
  /** Forgets everything except the secret, from which clients and example keys are derived. */
  clear(): void
  flush(): void
}

/** A process that is killed loses this much at most. */
const WRITE_DELAY_MS = 20
/** A large state is written less often: at most a twentieth of the time goes into writing. */
const WRITE_SHARE = 20

export function openStore(options: { path?: string | undefined; randomBytes: (n: number) => Buffer }): Store {
  const state = read(options.path) ?? fresh(options.randomBytes(32).toString('base64url'))
  let timer: NodeJS.Timeout | undefined
  let lastDuration = 0

  function flush(): void {
    if (timer) clearTimeout(timer)
    timer = undefined
    if (!options.path) return
    const started = performance.now()
    mkdirSync(dirname(options.path), { recursive: true })
    const next = `${options.path}.next`
    writeFileSync(next, serialise(state), { mode: 0o600 })
    chmodSync(next, 0o600)
    renameSync(next, options.path)
    lastDuration = performance.now() - started
  }

  return {
    state,
    changed() {
      if (!options.path || timer) return
      timer = setTimeout(flush, Math.max(WRITE_DELAY_MS, lastDuration * WRITE_SHARE))
      timer.unref()
    },
    derive(label, length, alphabet) {
      let found = ''
      for (let block = 0; found.length < length; block++) {
        found += spell(createHmac('sha256', state.secret).update(`${label}:${block}`).digest(), alphabet)
      }
      return found.slice(0, length)
    },
    clear() {
      Object.assign(state, fresh(state.secret))
    },
    flush() {
      if (timer) flush()
    },
  }
}

/** One character for each byte. */
export function spell(bytes: Buffer, alphabet: string): string {
  return Array.from(bytes, (byte) => alphabet[byte % alphabet.length]).join('')
}

function fresh(secret: string): State {
  return {
    secret,
    accounts: {},
    generations: {},
    tokens: new Map(),
    codes: new Map(),
    data: {},
    settings: {},
  }
}

function serialise(state: State): string {
  return JSON.stringify({ version: 1, ...state, tokens: [...state.tokens], codes: [...state.codes] })
}

type Stored = Omit<State, 'tokens' | 'codes'> & {
  version: number
  tokens: [string, TokenRecord][]
  codes: [string, CodeRecord][]
}

function read(path: string | undefined): State | undefined {
  if (!path) return undefined
  try {
    const { version, ...stored } = JSON.parse(readFileSync(path, 'utf8')) as Stored
    if (version !== 1) return undefined
    return { ...stored, tokens: new Map(stored.tokens), codes: new Map(stored.codes) }
  } catch {
    // Absent at the first start. A file that cannot be read holds play data only: the sandbox begins anew.
    return undefined
  }
}
