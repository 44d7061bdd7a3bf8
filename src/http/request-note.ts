/** What stays of a request when it is over: a figure, and a line of the log. */
import type { Logger } from 'pino'
import type { Metrics } from './metrics.ts'

export type RequestNote = (request: {
  id: string
  method: string
  /** The route, not the address: paths and queries of some routes hold secrets. */
  route: string
  status: number
  ms: number
}) => void

export function createRequestNote({ log, metrics }: { log: Logger; metrics: Metrics }): RequestNote {
  return ({ id, method, route, status, ms }) => {
    metrics.request(method, route, status, ms / 1000)
    if (status < 500 && !log.isLevelEnabled('debug')) return
    const line = { request_id: id, method, route, status, ms: Math.round(ms) }
    if (status >= 500) log.warn(line, 'request failed')
    else log.debug(line, 'request')
  }
}
