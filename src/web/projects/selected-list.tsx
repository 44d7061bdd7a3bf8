import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ExternalLink as LinkIcon, Lock, RefreshCw, X } from 'lucide-react'
import { useId } from 'react'
import type { ProjectBody, ProjectSourceBody, SelectionBody } from '../../http/wire.ts'
import { useHub } from '../api/hub-context.tsx'
import { projectKeys } from '../api/projects.ts'
import { frameTexts, resourceTexts } from '../texts.ts'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { useToasts } from '../ui/toasts.tsx'
import { isPending, type Selecting } from './use-selecting.ts'

type Kind = ProjectSourceBody['kinds'][number]

/** What is selected stays in view, whatever is searched for. */
export function SelectedList({
  project,
  kind,
  source,
  selections,
  selecting,
}: {
  project: ProjectBody
  kind: Kind
  source: ProjectSourceBody
  selections: SelectionBody[]
  selecting: Selecting
}) {
  const id = useId()
  const may = project.may.manage
  const here = selections.filter(
    (one) => isPending(one) || one.connection_id === source.connection_id || one.connection_id === null,
  )
  return (
    <section aria-labelledby={id} className="rounded-xl border border-line bg-surface">
      <div className="flex items-baseline justify-between gap-3 px-4 pt-3 pb-2">
        <h2 id={id} className="font-semibold">
          {resourceTexts.selected}
        </h2>
        {here.length > 0 && <span className="text-sm tabular-nums text-muted">{here.length}</span>}
      </div>
      {here.length === 0 ? (
        <p className="px-4 pb-4 text-sm text-muted">
          {may ? resourceTexts.selectedNone(kind.many) : resourceTexts.selectedNoneReader(kind.many)}
        </p>
      ) : (
        // tabindex: what scrolls is reached by keyboard.
        <ul
          aria-label={resourceTexts.selected}
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          tabIndex={0}
          className="max-h-72 divide-y divide-line overflow-y-auto rounded-b-xl border-t border-line -outline-offset-2"
        >
          {here.map((selection) => (
            <SelectedRow
              key={selection.resource_id}
              project={project}
              selection={selection}
              onRemove={may && !isPending(selection) ? () => selecting.remove(selection) : undefined}
            />
          ))}
        </ul>
      )}
    </section>
  )
}

function SelectedRow({
  project,
  selection,
  onRemove,
}: {
  project: ProjectBody
  selection: SelectionBody
  onRemove: (() => void) | undefined
}) {
  return (
    <li className="px-4 py-2 text-sm">
      <div className="flex min-h-7 items-center gap-2.5">
        <span className="flex min-w-0 flex-1 flex-wrap items-center gap-x-2 gap-y-1">
          <bdi className="min-w-0 font-medium break-words">{selection.name}</bdi>
          {selection.private && (
            <Badge tone="plain" icon={Lock}>
              {resourceTexts.private}
            </Badge>
          )}
          {selection.gone_at !== null ? (
            <Badge tone="warn" title={resourceTexts.goneHelp}>
              {resourceTexts.gone}
            </Badge>
          ) : (
            selection.archived && (
              <Badge tone="plain" title={resourceTexts.archivedHelp}>
                {resourceTexts.archived}
              </Badge>
            )
          )}
        </span>
        {selection.url && (
          <a
            href={selection.url}
            target="_blank"
            rel="noopener noreferrer"
            aria-label={`${resourceTexts.open(selection.name)} (${frameTexts.opensNewTab})`}
            className="grid size-8 shrink-0 place-items-center rounded-md text-muted hover:bg-sunken hover:text-ink"
          >
            <LinkIcon aria-hidden className="size-4" />
          </a>
        )}
        {onRemove && (
          <button
            type="button"
            aria-label={resourceTexts.remove(selection.name)}
            onClick={onRemove}
            className="grid size-8 shrink-0 place-items-center rounded-md text-muted hover:bg-sunken hover:text-ink pointer-coarse:size-11"
          >
            <X aria-hidden className="size-4.5" />
          </button>
        )}
      </div>
      {selection.access !== 'ready' && <Needed project={project} selection={selection} />}
      {selection.unreadable && <p className="text-muted">{selection.unreadable}</p>}
    </li>
  )
}

/** What a person has to do before it can be read, and the button that looks whether they did. */
function Needed({ project, selection }: { project: ProjectBody; selection: SelectionBody }) {
  const hub = useHub()
  const client = useQueryClient()
  const { say } = useToasts()
  const check = useMutation({
    mutationFn: () => hub.checkSelection(project.id, selection.id),
    onSuccess: (checked) => {
      client.setQueryData<SelectionBody[]>(projectKeys.selections(project.id), (all) =>
        all?.map((one) => (one.id === checked.id ? checked : one)),
      )
      say(
        checked.access === 'ready'
          ? { tone: 'ok', text: resourceTexts.checked(checked.name) }
          : { tone: 'warn', text: checked.access_detail ?? resourceTexts.stillOut(checked.name) },
      )
    },
    onError: (error) => say({ tone: 'warn', text: error.message }),
  })
  return (
    <div className="mt-1 mb-1.5 space-y-2 rounded-lg bg-warn-tint px-3 py-2.5">
      <p>{selection.invite ? resourceTexts.inviteNeeded : selection.access_detail}</p>
      {selection.invite && (
        <>
          <p className="flex flex-wrap items-center gap-2">
            <code dir="ltr" className="rounded border border-line bg-surface px-2 py-1">
              {selection.invite.command}
            </code>
            <CopyButton value={selection.invite.command} what={resourceTexts.inviteCommand} />
          </p>
          <p className="text-muted">{selection.invite.where}</p>
        </>
      )}
      {project.may.manage && (
        <Button size="small" busy={check.isPending} onClick={() => check.mutate()}>
          {!check.isPending && <RefreshCw aria-hidden className="size-4" />}
          {resourceTexts.check}
        </Button>
      )}
    </div>
  )
}
