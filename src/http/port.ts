/** The port of the hub: taken before anything else is touched, given up when the last call has its answer. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { Server as NetServer, type Socket } from 'node:net'
import type { Config } from '../config.ts'
import { HubError } from '../errors.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void

export type Port = {
  server: Server
  serve(handler: Handler): void
  /**
   * Takes no further call and resolves when those under way have their answers; what is not over in time is cut off.
   * Connections on which nothing is under way are closed at once, also those that never sent anything.
   */
  drain(options: {
    withinMs: number
    /** Calls that are still taken, and not waited for. */
    except: (url: string | undefined) => boolean
    keepListening: boolean
  }): Promise<void>
  /** Gives up the port and every connection. */
  shut(): Promise<void>
}

/** Until the hub serves, callers are told to come back. */
export async function openPort({ host, port }: Pick<Config, 'host' | 'port'>): Promise<Port> {
  let handler = refuse('The hub is starting')
  /** Every connection, with the last answer on it; answers leave in order, so the last one tells of all. */
  const connections = new Map<Socket, ServerResponse | undefined>()
  const server = createServer(
    { requestTimeout: 0, headersTimeout: 30_000, keepAliveTimeout: 65_000 },
    (request, response) => {
      connections.set(request.socket, response)
      handler(request, response)
    },
  )
  server.on('connection', (socket) => {
    connections.set(socket, undefined)
    socket.once('close', () => connections.delete(socket))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE'
      reject(
        taken
          ? new HubError(
              'port_in_use',
              `Port ${port} on ${host} is taken. Stop what uses it, or choose another port with TRUNKLINE_PORT or --port.`,
            )
          : error,
      )
    })
    server.listen(port, host, resolve)
  })

  let stopped: Promise<void> | undefined
  /**
   * Not the HTTP server's own way to close: it takes a connection for idle whose answer is complete and not yet sent,
   * and one for busy that never sent anything, for which it then waits for ever (Node 24.11). Browsers open such
   * connections ahead of need.
   */
  const stopListening = () =>
    (stopped ??= new Promise((resolve) => NetServer.prototype.close.call(server, () => resolve())))

  return {
    server,
    serve(next) {
      handler = next
    },
    async drain({ withinMs, except, keepListening }) {
      const served = handler
      const refusing = refuse('The hub is stopping')
      handler = (request, response) => (except(request.url) ? served : refusing)(request, response)
      if (!keepListening) void stopListening()
      const underWay: Promise<unknown>[] = []
      for (const [socket, response] of connections) {
        if (except(response?.req.url)) continue
        if (response === undefined || response.writableFinished) socket.destroy()
        else
          underWay.push(
            new Promise<void>((resolve) =>
              response.once('close', () => {
                socket.destroySoon()
                resolve()
              }),
            ),
          )
      }
      let timer: NodeJS.Timeout | undefined
      const tooLate = new Promise((resolve) => (timer = setTimeout(resolve, withinMs)))
      await Promise.race([Promise.all(underWay), tooLate])
      clearTimeout(timer)
      for (const [socket, response] of connections) if (!except(response?.req.url)) socket.destroy()
    },
    async shut() {
      const over = stopListening()
      for (const socket of connections.keys()) socket.destroy()
      await over
    },
  }
}

function refuse(title: string): Handler {
  const body = JSON.stringify({
    type: 'about:blank',
    status: 503,
    code: 'unavailable',
    title,
    detail: 'Try again in a second.',
    retry: 'later',
  })
  return (_request, response) => {
    response.writeHead(503, {
      'retry-after': '1',
      'content-type': 'application/problem+json',
      connection: 'close',
    })
    response.end(body)
  }
}
