/** A conversation by lines, with literals in between: what IMAP and SMTP have in common. */
import type { Duplex } from 'node:stream'

export type Conversation = {
  write: (text: string) => void
  /** The next bytes are no lines. */
  takeBytes: (count: number, done: (bytes: Buffer) => void) => void
  end: (text: string) => void
}

/** Longer lines than this nobody sends who means well. */
const MAX_LINE = 64 * 1024

export function converse(socket: Duplex, start: (talk: Conversation) => (line: string) => void): void {
  let held = Buffer.alloc(0)
  let literal: { count: number; done: (bytes: Buffer) => void } | undefined
  const onLine = start({
    write: (text) => void socket.write(text),
    takeBytes: (count, done) => {
      literal = { count, done }
    },
    end: (text) => socket.end(text),
  })
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk])
    for (;;) {
      if (literal) {
        if (held.length < literal.count) return
        const { count, done } = literal
        literal = undefined
        const bytes = held.subarray(0, count)
        held = held.subarray(count)
        done(bytes)
        continue
      }
      const end = held.indexOf('\r\n')
      if (end === -1) {
        if (held.length > MAX_LINE) socket.destroy()
        return
      }
      const line = held.subarray(0, end).toString('utf8')
      held = held.subarray(end + 2)
      onLine(line)
    }
  })
}
