/** A line to a mail server: standing, or a socket file of this machine; and what its failures are called. */
import type { Socket } from 'node:net'
import { HubError } from '../errors.ts'

export type Line = {
  /** Name that the certificate has to be for. */
  host: string
  port: number
} & (
  | { security: 'tls' | 'starttls'; socket: Socket }
  /** Nobody but this machine can listen there, so nothing is encrypted. */
  | { security: 'local'; path: string }
)

const CONNECT_MS = 10_000
/** From the first packet to being signed in. */
export const SIGN_IN_MS = 25_000

export function opened(socket: Socket, host: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      socket.destroy()
      reject(explain(error, host))
    }
    socket.setTimeout(CONNECT_MS, () =>
      fail(new HubError('upstream_timeout', `${host} did not answer in time.`)),
    )
    socket.once('error', fail)
    socket.once('connect', () => {
      socket.removeListener('error', fail)
      socket.setTimeout(0)
      socket.removeAllListeners('timeout')
      resolve(socket)
    })
  })
}

/** What a failed conversation says: the guard's and the hub's own errors as they are, anything else in our words. */
export function explain(error: unknown, host: string): HubError {
  if (error instanceof HubError) return error
  const { code, cause } = error as { code?: unknown; cause?: unknown }
  if (cause instanceof HubError) return cause
  const name = typeof code === 'string' ? code : 'network error'
  if (/^(?:Line|Literal|Response)TooLarge$/.test(name))
    return new HubError('upstream_too_large', `${host} answered with more than is taken.`, { cause: error })
  if (/TIMEOUT/i.test(name))
    return new HubError('upstream_timeout', `${host} did not answer in time.`, { cause: error })
  return new HubError('upstream_unreachable', `${host} could not be reached (${name}).`, { cause: error })
}

/** Ends what takes too long, by `stop`. */
export async function within<T>(ms: number, host: string, work: Promise<T>, stop: () => void): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new HubError('upstream_timeout', `${host} did not answer in time.`))
      stop()
    }, ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
