import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { ProjectBody, ProjectSourceBody, SelectionBody } from '../../http/wire.ts'
import { useConnect } from '../connecting/connect-context.tsx'
import { useMe } from '../api/hub-context.tsx'
import { resourceTexts } from '../texts.ts'
import { Button, buttonClass } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { Picker } from './picker.tsx'
import { SelectedList } from './selected-list.tsx'
import { useSelecting } from './use-selecting.ts'

type Kind = ProjectSourceBody['kinds'][number]

/** One account: its kinds of resources, what is selected of each, and the list to choose from. */
export function SourcePanel({
  project,
  source,
  selections,
}: {
  project: ProjectBody
  source: ProjectSourceBody
  selections: SelectionBody[]
}) {
  const may = project.may.manage
  const isUsable = source.connection_id !== null && source.status?.status === 'connected'
  const kinds = may ? source.kinds : source.kinds.filter(({ selected }) => selected > 0)
  const [chosen, setChosen] = useState<string | undefined>()
  const kind = kinds.find(({ id }) => id === chosen) ?? kinds[0]
  const selecting = useSelecting(project.id)
  return (
    <section aria-label={`${source.provider_name}: ${source.account.label}`} className="min-w-0 space-y-4">
      <Standing source={source} />
      {kinds.length > 1 && <Kinds kinds={kinds} current={kind} onChoose={setChosen} />}
      {kind && (
        <>
          {may && isUsable && kind.hint && <p className="max-w-prose text-sm text-muted">{kind.hint}</p>}
          <SelectedList
            project={project}
            kind={kind}
            source={source}
            selections={selections.filter((one) => one.kind === kind.id)}
            selecting={selecting}
          />
          {may && isUsable && source.connection_id !== null && (
            <Picker
              key={kind.id}
              project={project}
              kind={kind}
              provider={source.provider}
              connection={source.connection_id}
              selections={selections.filter((one) => one.kind === kind.id)}
              selecting={selecting}
            />
          )}
        </>
      )}
    </section>
  )
}

/** Said first where nothing can be chosen now: why, and what mends it. */
function Standing({ source }: { source: ProjectSourceBody }) {
  const connect = useConnect()
  const isAdmin = useMe().role === 'admin'
  if (source.connection_id === null)
    return (
      <Notice tone="warn" title={resourceTexts.disconnected(source.account.label)}>
        <p>{resourceTexts.disconnectedHelp}</p>
        {isAdmin && (
          <Button
            size="small"
            onClick={() => connect({ kind: 'connect', provider: source.provider, owner: 'organization' })}
          >
            {resourceTexts.connect(source.provider_name)}
          </Button>
        )}
      </Notice>
    )
  if (source.status?.status === 'connected') return null
  return (
    <Notice tone="bad" title={resourceTexts.notWorking(source.provider_name)}>
      <p>{source.status?.detail}</p>
      <Link
        to="/connections/$id"
        params={{ id: source.connection_id }}
        className={buttonClass({ size: 'small' })}
      >
        {resourceTexts.openConnection}
      </Link>
    </Notice>
  )
}

function Kinds({
  kinds,
  current,
  onChoose,
}: {
  kinds: Kind[]
  current: Kind | undefined
  onChoose: (id: string) => void
}) {
  return (
    <fieldset className="min-w-0">
      <legend className="sr-only">{resourceTexts.kinds}</legend>
      <div className="flex flex-wrap gap-1.5">
        {kinds.map((kind) => (
          <button
            key={kind.id}
            type="button"
            aria-pressed={kind === current}
            onClick={() => onChoose(kind.id)}
            className="flex min-h-9 items-center gap-2 rounded-full border border-edge bg-surface px-3.5 text-sm first-letter:uppercase hover:bg-sunken aria-pressed:border-accent aria-pressed:bg-accent-tint aria-pressed:font-medium pointer-coarse:min-h-11"
          >
            <span className="first-letter:uppercase">{kind.many}</span>
            {kind.selected > 0 && <span className="tabular-nums text-muted">{kind.selected}</span>}
          </button>
        ))}
      </div>
    </fieldset>
  )
}
