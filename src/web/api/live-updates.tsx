import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { ConnectionBody, ConnectionsOverviewBody, LiveEventBody } from '../../http/wire.ts'
import { listenLive, type LiveState } from './live.ts'
import { useHub } from './hub-context.tsx'
import { keys, connectionQuery } from './queries.ts'
import type { Hub } from './hub.ts'

export type StatusChange = { before: ConnectionBody; after: ConnectionBody }

/**
 * Keeps every query true to the hub: what a live event names is read again. `onStatusChange` is told when a
 * connection that a page has shown got another status, so that it can be said aloud.
 */
export function useLiveUpdates(onStatusChange: (change: StatusChange) => void): LiveState {
  const client = useQueryClient()
  const hub = useHub()
  const [state, setState] = useState<LiveState>('connecting')
  useEffect(() => {
    const lists = soon(() => void client.invalidateQueries({ queryKey: keys.connections }))
    const leave = listenLive({
      random: Math.random,
      onMessage: (message) => {
        if (message.kind === 'state') {
          setState(message.state)
          // A stream also ends with its session; whoever is signed out learns it here.
          if (message.state === 'lost') void client.invalidateQueries({ queryKey: keys.me })
        } else if (message.kind === 'resumed') void client.invalidateQueries()
        else void apply({ client, hub, event: message.event, readLists: lists.ask, onStatusChange })
      },
    })
    return () => {
      leave()
      lists.stop()
    }
  }, [client, hub, onStatusChange])
  return state
}

/** Lists are read again at most this often: a provider that fails changes hundreds of connections in one moment. */
const APART = 400

/** Does it at once, and once more after a pause where it was asked for meanwhile. */
export function soon(act: () => void): { ask: () => void; stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  let again = false
  const rest = () => {
    timer = again ? setTimeout(rest, APART) : undefined
    if (again) act()
    again = false
  }
  return {
    ask: () => {
      if (timer !== undefined) {
        again = true
        return
      }
      act()
      timer = setTimeout(rest, APART)
    },
    stop: () => clearTimeout(timer),
  }
}

async function apply({
  client,
  hub,
  event,
  readLists,
  onStatusChange,
}: {
  client: QueryClient
  hub: Hub
  event: LiveEventBody
  readLists: () => void
  onStatusChange: (change: StatusChange) => void
}) {
  // What agents can do follows from connections, policies and roles.
  if (event.type !== 'attempt.changed') void client.invalidateQueries({ queryKey: keys.agents })
  if (event.type === 'attempt.changed') {
    await client.invalidateQueries({ queryKey: keys.attempt(event.id) })
    return
  }
  if (event.type === 'resources.changed') {
    void client.invalidateQueries({ queryKey: keys.resources(event.id) })
    return
  }
  if (event.type === 'organization.changed') {
    void client.invalidateQueries({ queryKey: keys[event.what] })
    // A role of one's own may be what changed.
    if (event.what === 'people') void client.invalidateQueries({ queryKey: keys.me })
    return
  }
  const before = findConnection(client, event.id)
  readLists()
  // What a project can select hangs on it.
  void client.invalidateQueries({ queryKey: keys.projects })
  void client.invalidateQueries({ queryKey: keys.timeline(event.id) })
  if (event.type === 'connection.deleted') {
    void client.invalidateQueries({ queryKey: keys.connection(event.id) })
    return
  }
  if (!before) return
  const after = await client
    .fetchQuery({ ...connectionQuery(hub, event.id), staleTime: 0 })
    .catch(() => undefined)
  if (after && after.status.status !== before.status.status) onStatusChange({ before, after })
}

/** The connection as any list or page last showed it. */
function findConnection(client: QueryClient, id: string): ConnectionBody | undefined {
  const alone = client.getQueryData<ConnectionBody>(keys.connection(id))
  if (alone) return alone
  for (const [, data] of client.getQueriesData({ queryKey: keys.connections })) {
    const found = listOf(data).find((connection) => connection.id === id)
    if (found) return found
  }
  return undefined
}

/** What is kept below `keys.connections`: a list, pages of one, or the overview. */
function listOf(data: unknown): ConnectionBody[] {
  if (Array.isArray(data)) return data
  if (typeof data !== 'object' || data === null) return []
  if ('pages' in data) return (data.pages as { data: ConnectionBody[] }[]).flatMap((page) => page.data)
  return 'groups' in data
    ? (data as ConnectionsOverviewBody).groups.flatMap((group) => group.connections)
    : []
}
