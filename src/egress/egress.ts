/**
 * The one gate for outbound calls. Nobody else opens a socket to the world: here every call is checked against
 * the provider's hosts, guarded against SSRF, limited in time and size, and never follows a redirect.
 */
import type { lookup as systemLookup } from 'node:dns'
import { isIPv6 } from 'node:net'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import { Agent, type Dispatcher, errors as undici } from 'undici'
import { HubError } from '../errors.ts'
import { guardAddresses } from './address.ts'

/**
 * Where a host's traffic really goes: an operator's override (self-managed, emulator) or the sandbox. `*` catches
 * every host: `https://api.example.com/x` goes to `{base}/api.example.com/x`. Routed calls skip the SSRF guard,
 * because the operator named the target.
 */
export type Routes = Readonly<Record<string, string>>

export type Outbound = {
  method: string
  url: URL
  /** Path and query as they leave, where they are not the URL's own: one URL then serves many calls. */
  path?: string
  headers: Record<string, string>
  body?: string | Buffer | Readable | undefined
  /** Hosts the call may go to; `*.example.com` allows one leading label. */
  hosts: readonly string[]
  routes?: Routes | undefined
  /** Milliseconds until the answer's head, and for `send` until its end; default 30,000. */
  timeout?: number
  /** For `send`; a stream is broken off by what `onStart` gets. */
  signal?: AbortSignal
}

export type Answer = { status: number; headers: Record<string, string | string[] | undefined>; body: Buffer }

/** Where a body goes; Node's writable streams are of this shape. */
export type Sink = {
  /** @returns whether more may come at once; else `drain` says when */
  write(chunk: Buffer): boolean
  end(): unknown
  end(last: Buffer): unknown
  once(event: 'drain', listener: () => void): unknown
  destroy(error?: Error): unknown
}

type OnHead = (head: Omit<Answer, 'body'>) => Sink
/** Called when the call is about to leave. An `AbortSignal` would say the same at several times the cost. */
export type OnStart = (breakOff: () => void) => void

export type Egress = {
  /** Sends and reads the whole answer, decompressed, up to `maxBytes` (default 4 MiB). */
  send(call: Outbound & { maxBytes?: number }): Promise<Answer>
  /**
   * Sends and streams: `onHead` gets the head and returns where the body goes. Compressed bodies stay so.
   * @param onStart gets the way to break the call off
   * @returns when the body has ended; the sink is destroyed where it breaks off
   */
  stream(call: Outbound, onHead: OnHead, onStart?: OnStart): Promise<void>
  close(): Promise<void>
}

const DEFAULT_TIMEOUT_MS = 30_000
const DEFAULT_MAX_BYTES = 4 * 1024 * 1024
/** A stream may pause this long between two chunks. */
const BODY_IDLE_MS = 300_000
const BASES_KEPT = 1000

export function createEgress(options: {
  allowPrivateHosts: readonly string[]
  resolve?: typeof systemLookup
}): Egress {
  const guard = guardAddresses(options.resolve)
  // A URL writes an IPv6 address in brackets; an operator may leave them out.
  const allowed = new Set(
    options.allowPrivateHosts.flatMap((host) =>
      isIPv6(host) ? [new URL(`http://[${host}]`).hostname] : [host],
    ),
  )
  const limits = { headersTimeout: 0, bodyTimeout: BODY_IDLE_MS, maxHeaderSize: 64 * 1024 }
  const guarded = new Agent({ ...limits, connect: { lookup: guard.lookup, timeout: 10_000 } })
  // For hosts the operator named: overrides, the sandbox, and the allow-list of private hosts.
  const trusted = new Agent({ ...limits, connect: { timeout: 10_000 } })
  const bases = new Map<string, Target>()

  /** An operator names few bases, and every call to one of them would parse it again. */
  function knownBase(base: string): Target {
    let known = bases.get(base)
    if (!known) {
      if (bases.size >= BASES_KEPT) bases.clear()
      known = readBase(base)
      bases.set(base, known)
    }
    return known
  }

  function admit(call: Outbound): { agent: Agent; target: Target } {
    if (!allowsHost(call.hosts, call.url)) {
      throw new HubError(
        'egress_refused',
        `The credential may not travel to ${call.url.host}. Allowed: ${call.hosts.join(', ')}.`,
      )
    }
    const { url, path = url.pathname + url.search } = call
    const routed = routedTarget(url.host, path, call.routes, knownBase)
    if (routed) return { agent: trusted, target: routed }
    const target = { origin: url.origin, path }
    if (allowed.has(url.hostname)) return { agent: trusted, target }
    if (url.protocol !== 'https:') {
      throw new HubError(
        'egress_refused',
        `Only https is allowed, and ${url.host} was asked for over ${url.protocol}//.`,
      )
    }
    guard.checkLiteral(url.hostname)
    return { agent: guarded, target }
  }

  /** One promise, no turn of the event loop before the request leaves: this is on the way of every proxied call. */
  function stream(call: Outbound, onHead: OnHead, onStart?: OnStart): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (error: unknown) => reject(explain(error, call.url.host))
      try {
        const { agent, target } = admit(call)
        agent.dispatch(
          {
            ...target,
            method: call.method,
            headers: call.headers,
            body: call.body ?? null,
            headersTimeout: call.timeout ?? DEFAULT_TIMEOUT_MS,
          },
          pour(onHead, onStart, resolve, fail),
        )
      } catch (error) {
        fail(error)
      }
    })
  }

  return {
    stream,
    async send(call) {
      const { agent, target } = admit(call)
      const timeout = call.timeout ?? DEFAULT_TIMEOUT_MS
      const maxBytes = call.maxBytes ?? DEFAULT_MAX_BYTES
      const { host } = call.url
      try {
        const answer = await collect({ timeout, maxBytes, host, signal: call.signal }, (handler) =>
          agent.dispatch(
            {
              ...target,
              method: call.method,
              headers: { 'accept-encoding': 'identity', ...call.headers },
              body: call.body ?? null,
              headersTimeout: timeout,
              bodyTimeout: timeout,
            },
            handler,
          ),
        )
        return {
          ...answer,
          body: await decompress(answer.body, answer.headers['content-encoding'], maxBytes),
        }
      } catch (error) {
        throw explain(error, host)
      }
    },
    async close() {
      await Promise.all([guarded.destroy(), trusted.destroy()])
    },
  }
}

/**
 * From undici's parser into a sink. The first chunk waits for the end of the turn: where it is all there is, head and
 * body leave in one piece, and a write that wakes another process costs more than everything else here.
 */
function pour(
  onHead: OnHead,
  onStart: OnStart | undefined,
  resolve: () => void,
  reject: (error: Error) => void,
): Dispatcher.DispatchHandler {
  let sink: Sink | undefined
  let held: Buffer | undefined
  let begun = false
  let length: string | string[] | undefined
  const write = (controller: Dispatcher.DispatchController, chunk: Buffer) => {
    if (sink?.write(chunk) !== false) return
    controller.pause()
    sink.once('drain', () => controller.resume())
  }
  const release = (controller: Dispatcher.DispatchController) => {
    if (!held) return
    const chunk = held
    held = undefined
    write(controller, chunk)
  }
  return {
    onRequestStart(controller) {
      onStart?.(() => controller.abort(new undici.RequestAbortedError()))
    },
    onResponseStart(_controller, status, headers) {
      // An interim answer (RFC 9110 section 15.2) is between the provider and the hub.
      if (status < 200) return
      sink = onHead({ status, headers })
      length = headers['content-length']
    },
    onResponseData(controller, chunk) {
      release(controller)
      if (begun) return write(controller, chunk)
      begun = true
      held = chunk
      // The end of a body that is known to be whole comes in this very turn.
      if (length === undefined || chunk.length !== Number(length)) setImmediate(release, controller)
    },
    onResponseEnd() {
      const last = held
      held = undefined
      if (last) sink?.end(last)
      else sink?.end()
      resolve()
    },
    onResponseError(_controller, error) {
      held = undefined
      sink?.destroy(error)
      reject(error)
    },
  }
}

/** Whether the URL's host (and port, when not the scheme's own) is on the list. */
export function allowsHost(hosts: readonly string[], url: URL): boolean {
  if (url.username || url.password) return false
  return hosts.some((allowed) => {
    if (!allowed.startsWith('*.')) return url.host === allowed
    const suffix = allowed.slice(1)
    const label = url.host.slice(0, -suffix.length)
    return url.host.endsWith(suffix) && label.length > 0 && !label.includes('.')
  })
}

type Target = { origin: string; path: string }

/** The URL under its route; the same object where no route applies. Also used for redirects of the browser. */
export function routeUrl(url: URL, routes: Routes | undefined): URL {
  const target = routedTarget(url.host, url.pathname + url.search, routes)
  return target ? new URL(target.origin + target.path) : url
}

function routedTarget(
  host: string,
  path: string,
  routes: Routes | undefined,
  read = readBase,
): Target | undefined {
  const own = routes?.[host]
  const base = own || routes?.['*']
  if (!base) return undefined
  const { origin, path: root } = read(base)
  return { origin, path: own ? root + path : `${root}/${host}${path}` }
}

function readBase(base: string): Target {
  const { origin, pathname } = new URL(base)
  return { origin, path: pathname.replace(/\/$/, '') }
}

/** A whole answer from undici's parser, within its limits. */
function collect(
  limits: { timeout: number; maxBytes: number; host: string; signal: AbortSignal | undefined },
  send: (handler: Dispatcher.DispatchHandler) => void,
): Promise<Answer> {
  const { timeout, maxBytes, host, signal } = limits
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined
    let head: Pick<Answer, 'status' | 'headers'> | undefined
    const chunks: Buffer[] = []
    let size = 0
    let broken: Error | undefined
    const breakOff = (reason: Error) => {
      if (broken) return
      broken = reason
      settle()
      reject(reason)
      controller?.abort(reason)
    }
    const onAbort = () => breakOff(signal?.reason as Error)
    // Over the whole answer: a server that sends a byte a minute would outlast every pause that is allowed.
    const deadline = setTimeout(
      () => breakOff(new DOMException('the answer took too long', 'TimeoutError')),
      timeout,
    )
    const settle = () => {
      clearTimeout(deadline)
      signal?.removeEventListener('abort', onAbort)
    }
    if (signal?.aborted) return onAbort()
    signal?.addEventListener('abort', onAbort)
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(started) {
        // Broken off before there was a connection: it does not leave.
        if (broken) started.abort(broken)
        controller = started
      },
      onResponseStart(_controller, status, headers) {
        if (status >= 200) head = { status, headers }
      },
      onResponseData(_controller, chunk) {
        size += chunk.length
        if (size > maxBytes) breakOff(tooLarge(host, maxBytes))
        else chunks.push(chunk)
      },
      onResponseEnd() {
        settle()
        resolve({ ...(head as Pick<Answer, 'status' | 'headers'>), body: Buffer.concat(chunks) })
      },
      onResponseError(_controller, error) {
        settle()
        reject(error)
      },
    }
    try {
      send(handler)
    } catch (error) {
      settle()
      throw error
    }
  })
}

const decoders = { gzip: promisify(gunzip), deflate: promisify(inflate), br: promisify(brotliDecompress) }

/** A server may compress though asked not to; a small answer must not unpack into a huge one. */
async function decompress(
  bytes: Buffer,
  encoding: string | string[] | undefined,
  maxBytes: number,
): Promise<Buffer> {
  if (!encoding || encoding === 'identity' || bytes.length === 0) return bytes
  const decode = typeof encoding === 'string' ? decoders[encoding as keyof typeof decoders] : undefined
  if (!decode)
    throw new HubError(
      'upstream_invalid_answer',
      `The provider used the content encoding "${String(encoding)}".`,
    )
  try {
    return await decode(bytes, { maxOutputLength: maxBytes })
  } catch (error) {
    throw new HubError(
      'upstream_invalid_answer',
      'The provider’s compressed answer does not unpack within the limit.',
      { cause: error },
    )
  }
}

function tooLarge(host: string, maxBytes: number): HubError {
  return new HubError('upstream_too_large', `${host} answered with more than ${maxBytes} bytes.`)
}

function explain(error: unknown, host: string): Error {
  if (error instanceof HubError) return error
  // The guard's refusal arrives wrapped by the socket.
  if (error instanceof Error && error.cause instanceof HubError) return error.cause
  const late = (error as Error)?.name === 'TimeoutError'
  if (
    late ||
    error instanceof undici.HeadersTimeoutError ||
    error instanceof undici.BodyTimeoutError ||
    error instanceof undici.ConnectTimeoutError
  ) {
    return new HubError('upstream_timeout', `${host} did not answer in time.`, { cause: error })
  }
  if (error instanceof undici.InvalidArgumentError) {
    return new HubError('header_refused', 'A header or the path holds characters that are not allowed.', {
      cause: error,
    })
  }
  if (error instanceof Error && (error instanceof undici.RequestAbortedError || error.name === 'AbortError'))
    return error
  return new HubError('upstream_unreachable', `${host} could not be reached (${describe(error)}).`, {
    cause: error,
  })
}

function describe(error: unknown): string {
  const code = (error as { code?: unknown })?.code
  return typeof code === 'string' ? code : 'network error'
}
