/** Selecting and taking out, saved at once: the page shows the change before the hub answers, and undoes it if refused. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import type { ResourceBody, SelectionBody } from '../../http/wire.ts'
import { useHub } from '../api/hub-context.tsx'
import { projectKeys } from '../api/projects.ts'
import { resourceTexts } from '../texts.ts'
import { useToasts } from '../ui/toasts.tsx'

/** What is selected. */
export type Wanted = { connection: string; provider: string; kind: string; resource: ResourceBody }

export type Selecting = {
  select: (wanted: Wanted) => void
  remove: (selection: SelectionBody) => void
  /** Ids of resources whose change is on its way. */
  busy: ReadonlySet<string>
}

/** Of a selection that the hub has not answered for yet. */
export const isPending = ({ id }: SelectionBody) => id.startsWith('pending:')

export function useSelecting(project: string): Selecting {
  const hub = useHub()
  const client = useQueryClient()
  const { say } = useToasts()
  const key = projectKeys.selections(project)
  const change = useCallback(
    (next: (all: SelectionBody[]) => SelectionBody[]) =>
      client.setQueryData<SelectionBody[]>(key, (all) => all && next(all)),
    [client, key],
  )
  const mutationKey = ['selecting', project]
  // The last of several that are under way reads again; before that, what they show would be lost.
  const settle = () =>
    client.isMutating({ mutationKey }) === 1
      ? client.invalidateQueries({ queryKey: projectKeys.one(project) })
      : undefined

  const select = useMutation({
    mutationKey,
    mutationFn: ({ connection, kind, resource }: Wanted) =>
      hub.select(project, { connection, kind, resources: [resource.id] }),
    onMutate: async (wanted) => {
      await client.cancelQueries({ queryKey: key })
      change((all) => [...all, preview(wanted)])
    },
    onSuccess: (made, { resource }) => {
      // A live event may have brought them already.
      const known = new Set([`pending:${resource.id}`, ...made.map(({ id }) => id)])
      change((all) => [...all.filter(({ id }) => !known.has(id)), ...made])
      const [one] = made
      if (one?.access === 'ready' && resource.member === false)
        say({ tone: 'ok', text: resourceTexts.joined(resource.name) })
    },
    onError: (error, { resource }) => {
      change((all) => all.filter(({ id }) => id !== `pending:${resource.id}`))
      say({ tone: 'warn', text: error.message })
    },
    onSettled: settle,
  })
  const selectAgain = select.mutate
  const remove = useMutation({
    mutationKey,
    mutationFn: (selection: SelectionBody) => hub.deselect(project, [selection.id]),
    onMutate: async (selection) => {
      await client.cancelQueries({ queryKey: key })
      change((all) => all.filter(({ id }) => id !== selection.id))
    },
    onSuccess: (_, selection) => {
      const { connection_id: connection } = selection
      say({
        tone: 'info',
        text: resourceTexts.removed(selection.name),
        ...(connection !== null &&
          selection.gone_at === null && {
            action: {
              label: resourceTexts.undo,
              onAction: () =>
                selectAgain({
                  connection,
                  provider: selection.provider,
                  kind: selection.kind,
                  resource: asResource(selection),
                }),
            },
          }),
      })
    },
    onError: (error, selection) => {
      change((all) => [...all.filter(({ id }) => id !== selection.id), selection])
      say({ tone: 'warn', text: error.message })
    },
    onSettled: settle,
  })
  const removing = remove.isPending ? remove.variables.resource_id : undefined
  const adding = select.isPending ? select.variables.resource.id : undefined
  const busy = useMemo(() => new Set([removing, adding].filter((id) => id !== undefined)), [removing, adding])
  return { select: select.mutate, remove: remove.mutate, busy }
}

function preview({ connection, provider, kind, resource }: Wanted): SelectionBody {
  return {
    id: `pending:${resource.id}`,
    provider,
    account: { id: '', label: '' },
    connection_id: connection,
    kind,
    resource_id: resource.id,
    name: resource.name,
    url: resource.url,
    private: resource.private,
    archived: resource.archived,
    unreadable: resource.unreadable,
    gone_at: null,
    access: 'ready',
    access_detail: null,
    invite: null,
    selected_at: new Date().toISOString(),
  }
}

function asResource(selection: SelectionBody): ResourceBody {
  const { resource_id: id, name, url, private: hidden, archived, unreadable } = selection
  return {
    id,
    name,
    description: null,
    url,
    private: hidden,
    archived,
    member: null,
    unreadable,
    gone_at: null,
  }
}
