/**
 * Vitest setup file: a test reaches this machine and nothing else. Whatever tries to go further fails with an error
 * that says so, so that no test passes only where there is a network, and none disturbs a real provider.
 */
import dns from 'node:dns'
import net from 'node:net'

const GUARDED = Symbol.for('trunkline.test.network')

type ConnectOptions = { host?: string; port?: number | string; path?: string | null; lookup?: AnyLookup }

export class OutboundRefused extends Error {
  readonly code = 'ETESTNETWORK'

  constructor(target: string) {
    super(
      `A test tried to reach ${target}. Tests talk to this machine only: start a server on 127.0.0.1 instead.`,
    )
    this.name = 'OutboundRefused'
  }
}

/** Loopback in all its spellings (RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3), v4-mapped included. */
export function isThisMachine(address: string): boolean {
  const plain = address.toLowerCase().replace(/^::ffff:/, '')
  return net.isIPv4(plain) ? plain.startsWith('127.') : plain === '::1' || plain === '0:0:0:0:0:0:0:1'
}

function isLocalName(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost')
}

function isAllowed(host: string): boolean {
  return net.isIP(host) ? isThisMachine(host) : isLocalName(host)
}

if (!(GUARDED in globalThis)) {
  Object.defineProperty(globalThis, GUARDED, { value: true })
  guardSockets()
  guardLookups()
}

type Connect = (...args: unknown[]) => net.Socket

function guardSockets(): void {
  const connect: unknown = Reflect.get(net.Socket.prototype, 'connect')
  const guarded = function (this: net.Socket, ...args: unknown[]): net.Socket {
    const options = readOptions(args)
    const host = options.host ?? 'localhost'
    // A caller that brings its own resolver decides where a name leads; where it leads is checked after it.
    // node:http passes `path: null` for requests that use no UNIX socket.
    if (!options.path && !isAllowed(host) && (net.isIP(host) || !options.lookup)) {
      process.nextTick(() => this.destroy(new OutboundRefused(`${host}:${options.port}`)))
      return this
    }
    if (options.lookup) options.lookup = checkAnswers(options.lookup)
    return Reflect.apply(connect as Connect, this, args)
  }
  Reflect.set(net.Socket.prototype, 'connect', guarded)
}

/** `connect` takes options, a path, or a port with a host; node's own callers hand over one array with the options. */
function readOptions(args: unknown[]): ConnectOptions {
  const first: unknown = Array.isArray(args[0]) ? args[0][0] : args[0]
  if (typeof first === 'object' && first !== null) return first
  if (typeof first === 'string' && Number.isNaN(Number(first))) return { path: first }
  const second = args[1]
  return { port: Number(first), ...(typeof second === 'string' ? { host: second } : {}) }
}

type Answer = (error: Error | null, found?: string | dns.LookupAddress[], family?: number) => void
type AnyLookup = (name: string, options: dns.LookupOptions, callback: Answer) => void

/** Options are used for many connections; each resolver is wrapped once. */
const checkedLookups = new WeakSet<AnyLookup>()

function checkAnswers(lookup: AnyLookup): AnyLookup {
  if (checkedLookups.has(lookup)) return lookup
  const checked: AnyLookup = (name, options, callback) =>
    lookup(name, options, (error, found, family) => {
      const addresses = Array.isArray(found) ? found.map(({ address }) => address) : [String(found)]
      const foreign = error ? undefined : addresses.find((address) => !isThisMachine(address))
      if (foreign) callback(new OutboundRefused(`${name} (${foreign})`))
      else callback(error, found, family)
    })
  checkedLookups.add(checked)
  return checked
}

/** Asking a name server is outbound traffic too. */
function guardLookups(): void {
  for (const name of [
    'lookup',
    'resolve',
    'resolve4',
    'resolve6',
    'resolveAny',
    'resolveTxt',
    'resolveMx',
    'resolveCname',
  ] as const) {
    const callbackTable = dns as unknown as Record<string, (...args: unknown[]) => unknown>
    const promiseTable = dns.promises as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>
    const byCallback = callbackTable[name]
    const byPromise = promiseTable[name]
    callbackTable[name] = (...args) => {
      if (isAllowed(String(args[0]))) return byCallback?.apply(dns, args)
      const callback = args.at(-1) as (error: Error) => void
      process.nextTick(() => callback(new OutboundRefused(String(args[0]))))
      return undefined
    }
    promiseTable[name] = async (...args) => {
      if (isAllowed(String(args[0]))) return byPromise?.apply(dns.promises, args)
      throw new OutboundRefused(String(args[0]))
    }
  }
}
