/**
 * Where played mailboxes are reached: socket files of this machine in a folder of their own, made when somebody asks.
 * A port would be open to every program here, and a default start listens on one port alone.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { playImap } from './imap.ts'
import type { SignIn } from './mailbox.ts'
import { playSmtp } from './smtp.ts'

export type MailOffice = {
  /** Address of a socket, for the mail gate; undefined where there are no socket files. */
  locate: (provider: string, protocol: 'imap' | 'smtp') => string | undefined
  close: () => void
}

export function openMailOffice(signInOf: (provider: string) => SignIn | undefined): MailOffice {
  let folder: string | undefined
  const servers = new Map<string, Server>()
  const open = new Set<Socket>()

  return {
    locate(provider, protocol) {
      if (process.platform === 'win32' || !signInOf(provider)) return undefined
      folder ??= mkdtempSync(join(tmpdir(), 'trunkline-mail-'))
      const path = join(folder, `${provider}-${protocol}`)
      if (!servers.has(path)) {
        const play = protocol === 'imap' ? playImap : playSmtp
        const server = createServer((socket) => {
          open.add(socket)
          socket.once('close', () => open.delete(socket))
          // Looked up anew: a reset of the sandbox makes another.
          play(socket, (login) => signInOf(provider)?.(login))
        })
        // A socket file is bound before `listen` returns.
        server.listen(path)
        server.unref()
        servers.set(path, server)
      }
      return `unix:${encodeURI(path)}`
    },
    close() {
      for (const socket of open) socket.destroy()
      for (const server of servers.values()) server.close()
      servers.clear()
      if (folder) rmSync(folder, { recursive: true, force: true })
      folder = undefined
    },
  }
}
