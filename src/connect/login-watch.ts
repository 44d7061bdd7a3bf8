/** Log-in pages of a provider that hand out an app password: asked every two seconds whether the person is done. */
import { buildRequest, fillHosts, isJsonObject, parseJson } from '../catalog/fill.ts'
import type { Egress } from '../egress/egress.ts'
import { fillingOf } from '../vault/filling.ts'
import { findMethod, type Integrations, yieldedMethod } from '../vault/integrations.ts'
import type { Vault } from '../vault/vault.ts'
import { type AttemptRow, type Grant, openPending } from './attempt.ts'

export type LoginWatch = {
  watch(row: AttemptRow): void
  unwatch(id: string): void
  /** Asks now, whoever else does; at most one question at a time. */
  poll(row: AttemptRow): Promise<void>
  stop(): void
}

const POLL_MS = 2_000

export function createLoginWatch(options: {
  vault: Vault
  egress: Egress
  integrations: Integrations
  now: () => number
  find: (organization: string, id: string) => Promise<AttemptRow | undefined>
  onDone: (row: AttemptRow, grant: Grant) => Promise<void>
}): LoginWatch {
  const { vault, egress, integrations, now, find, onDone } = options
  const watched = new Map<string, NodeJS.Timeout>()

  function watch(row: AttemptRow): void {
    if (watched.has(row.id)) return
    const timer = setInterval(() => void poll(row).catch(() => {}), POLL_MS)
    timer.unref()
    watched.set(row.id, timer)
  }

  function unwatch(id: string): void {
    clearInterval(watched.get(id))
    watched.delete(id)
  }

  const polling = new Set<string>()
  async function poll(known: AttemptRow): Promise<void> {
    if (polling.has(known.id)) return
    polling.add(known.id)
    try {
      const row = await find(known.organization_id, known.id)
      if (!row || row.status !== 'pending' || row.expires_at.getTime() <= now()) return unwatch(known.id)
      // Another replica may have begun it, or this one was restarted.
      watch(row)
      const pending = openPending(vault, row)
      const integration = integrations.resolve(row.provider, row.mode)
      const method = findMethod(integration.provider, row.method)
      if (pending.step !== 'poll' || method.kind !== 'browser_login') return unwatch(row.id)
      const hosts = fillHosts(integration.provider.hosts, fillingOf(integration, row.parameters))
      const built = buildRequest({ method: 'POST', url: pending.pollUrl, form: pending.pollForm }, '', {})
      const answer = await egress.send({ ...built, hosts, routes: integration.routes, timeout: 10_000 })
      if (answer.status === method.pending) return
      const body = parseJson(answer.body)
      if (answer.status !== 200 || !isJsonObject(body)) return
      unwatch(row.id)
      const { values, parameters = {} } = method.readDone(body)
      const fields = yieldedMethod(integration.provider, method).fields
      const open = Object.fromEntries(
        Object.entries(values).filter(
          ([name]) => !fields.some((field) => field.secret && field.name === name),
        ),
      )
      const grant: Grant = {
        credential: { kind: 'secret', values },
        token: undefined,
        parameters: { ...row.parameters, ...open, ...parameters },
        tenants: null,
      }
      await onDone(row, grant)
    } finally {
      polling.delete(known.id)
    }
  }

  return {
    watch,
    unwatch,
    poll,
    stop() {
      for (const id of watched.keys()) unwatch(id)
    },
  }
}
