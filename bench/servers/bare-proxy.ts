/**
 * The fastest bare proxy we know to write: node:http in front of undici's parser, with one header added. An answer
 * that arrives whole leaves whole; a larger one streams. With BENCH_SEALED it is the ceiling instead: it also hashes
 * the caller's key and opens one seal, as every proxied call must.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Agent, type Dispatcher } from 'undici'
import { openFor } from './sealed.ts'

const upstream = process.env.BENCH_UPSTREAM as string
const sealed = process.env.BENCH_SEALED === '1'
const agent = new Agent()
const server = createServer((request, response) => {
  const token = sealed ? openFor(request.headers.authorization)?.access_token : 'bench'
  let upward: Dispatcher.DispatchController | undefined
  let held: Buffer | undefined
  response.on('close', () => {
    if (!response.writableFinished) upward?.abort(new Error('the caller left'))
  })
  const write = (controller: Dispatcher.DispatchController, chunk: Buffer) => {
    if (response.write(chunk)) return
    controller.pause()
    response.once('drain', () => controller.resume())
  }
  agent.dispatch(
    {
      origin: upstream,
      path: request.url ?? '/',
      method: 'GET',
      headers: { authorization: `Bearer ${token}`, accept: '*/*' },
    },
    {
      onRequestStart(controller) {
        upward = controller
      },
      onResponseStart(_controller, status, headers) {
        response.writeHead(status, headers)
      },
      onResponseData(controller, chunk) {
        if (held) write(controller, held)
        held = chunk
      },
      onResponseEnd() {
        response.end(held)
      },
      onResponseError() {
        response.destroy()
      },
    },
  )
})
server.listen(0, '127.0.0.1', () =>
  console.log(JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })),
)
process.on('SIGTERM', () => process.exit(0))
