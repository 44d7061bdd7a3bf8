import { useState } from 'react'
import type { AgentDetailBody, AgentToolBody } from '../../http/wire.ts'
import { agentTexts } from '../texts.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { describeInput } from './inputs.ts'

/** What a tool takes and needs, read from its schema; drawn when it is opened. */
export function ToolDetails({ agent, tool }: { agent: AgentDetailBody; tool: AgentToolBody }) {
  const [opened, setOpened] = useState(false)
  return (
    <details className="mt-2 text-sm" onToggle={(event) => setOpened(event.currentTarget.open)}>
      <summary className="inline-flex min-h-6 items-center text-accent underline underline-offset-2">
        {agentTexts.details}
        <span className="sr-only"> {tool.title}</span>
      </summary>
      {opened && (
        <div className="mt-3 space-y-4">
          <Inputs tool={tool} />
          <dl className="grid gap-x-6 gap-y-3 sm:grid-cols-2">
            <div>
              <dt className="font-medium">{agentTexts.permissions}</dt>
              <dd className="text-muted">
                {tool.scopes.length === 0 ? (
                  agentTexts.noPermissions
                ) : (
                  <>
                    {tool.scopes.length > 1 && <p>{agentTexts.permissionsHelp}</p>}
                    <ul>
                      {tool.scopes.map((set) => (
                        <li key={set.join(' ')} className="break-all">
                          <code className="text-xs">{set.join(' + ')}</code>
                        </li>
                      ))}
                    </ul>
                  </>
                )}
              </dd>
            </div>
            <div>
              <dt className="font-medium">{agentTexts.servedBy}</dt>
              <dd className="text-muted">
                {tool.served_by
                  .map((id) => agent.providers.find((provider) => provider.id === id)?.name ?? id)
                  .join(', ')}
              </dd>
              <dd className="mt-1 text-muted">{agentTexts.repeats[tool.idempotency]}</dd>
            </div>
          </dl>
          {tool.note && <p className="text-muted">{tool.note}</p>}
          <div className="flex flex-wrap items-center gap-2">
            <code className="rounded bg-sunken px-1.5 py-0.5 text-xs break-all">{tool.name}</code>
            <CopyButton
              value={() => JSON.stringify(tool.input_schema, null, 2)}
              what={`${agentTexts.schema}: ${tool.title}`}
            >
              {agentTexts.schema}
            </CopyButton>
          </div>
        </div>
      )}
    </details>
  )
}

function Inputs({ tool }: { tool: AgentToolBody }) {
  const rows = describeInput(tool.input_schema)
  if (rows.length === 0) return <p className="text-muted">{agentTexts.noInput}</p>
  return (
    <table aria-label={agentTexts.inputOf(tool.title)} className="w-full max-sm:block">
      {/* On small screens a row becomes a block and names itself. */}
      <thead className="text-muted max-sm:sr-only">
        <tr>
          {Object.values(agentTexts.columns).map((column) => (
            <th key={column} scope="col" className="border-b border-line py-1.5 pe-4 text-start font-medium">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="divide-y divide-line max-sm:block">
        {rows.map((row) => (
          <tr key={row.name} className="align-top max-sm:block max-sm:py-2">
            <th scope="row" className="py-1.5 pe-4 text-start font-normal max-sm:block max-sm:py-0">
              <code className="text-xs break-all">{row.name}</code>{' '}
              {row.required && <span className="ms-1 text-xs text-warn">{agentTexts.required}</span>}
            </th>
            <td className="py-1.5 pe-4 whitespace-nowrap text-muted max-sm:block max-sm:py-0">{row.kind}</td>
            <td className="py-1.5 max-sm:block max-sm:py-0">
              {row.description}
              {row.limits.length > 0 && (
                <span className="block text-xs break-words text-muted">{row.limits.join('; ')}</span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
