import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { AgentSummaryBody, AvailabilityBody } from '../../http/wire.ts'
import { useHub } from '../api/hub-context.tsx'
import { problemOf } from '../api/http.ts'
import { connectionQuery } from '../api/queries.ts'
import { useConnect } from '../connecting/connect-context.tsx'
import { agentTexts } from '../texts.ts'
import { Button, buttonClass } from '../ui/button.tsx'
import { useToasts } from '../ui/toasts.tsx'
import { AskDialog, type Administrators } from './ask-dialog.tsx'
import { useSetSwitches } from './queries.ts'

type Props = {
  agent: Pick<AgentSummaryBody, 'id' | 'name' | 'providers'>
  availability: AvailabilityBody
  /** The tool that it is about; absent: the agent as a whole. */
  tool?: { name: string; title: string }
  administrators?: Administrators
  look?: 'primary' | 'secondary'
  className?: string
}

/** The one step that mends it. */
export function MendButton({
  agent,
  availability,
  tool,
  administrators,
  look = 'secondary',
  className,
}: Props) {
  const connect = useConnect()
  const setSwitches = useSetSwitches(agent.id)
  const reopen = useReopen()
  const [asking, setAsking] = useState(false)
  const { mend } = availability
  if (!mend) return null
  const provider = mend.provider ?? ''
  const providerName = agent.providers.find(({ id }) => id === provider)?.name ?? agent.name
  const label = labelOf(mend, providerName)
  const named = tool ? `${label}: ${tool.title}` : `${label}: ${agent.name}`
  if (mend.action === 'open_connection' && mend.connection_id)
    return (
      <Link
        to="/connections/$id"
        params={{ id: mend.connection_id }}
        aria-label={named}
        className={`${buttonClass({ size: 'small', look })} ${className ?? ''}`}
      >
        {label}
      </Link>
    )
  const act = () => {
    const { action, connection_id: id } = mend
    if (action === 'connect') connect({ kind: 'connect', provider })
    else if (action === 'ask_admin') setAsking(true)
    else if (action === 'turn_on')
      setSwitches.mutate({
        for: mend.for ?? 'me',
        ...(mend.what === 'tool' && tool ? { tools: { [tool.name]: true } } : { enabled: true }),
      })
    else if (id) reopen.mutate({ id, adding: action === 'allow_more' ? mend.scopes : undefined })
  }
  return (
    <>
      <Button
        size="small"
        look={look}
        {...(className && { className })}
        busy={setSwitches.isPending || reopen.isPending}
        aria-label={named}
        onClick={act}
      >
        {label}
      </Button>
      {asking && (
        <AskDialog
          agent={agent}
          reason={mend.ask_for ?? 'access'}
          administrators={administrators}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  )
}

function labelOf(mend: NonNullable<AvailabilityBody['mend']>, provider: string): string {
  const texts = agentTexts.mend
  switch (mend.action) {
    case 'connect':
      return texts.connect(provider)
    case 'reconnect':
      return texts.reconnect(provider)
    case 'allow_more':
      return texts.allow_more(mend.scopes.length)
    case 'open_connection':
      return texts.open_connection()
    case 'turn_on':
      return texts.turn_on(mend.for)
    case 'ask_admin':
      return texts.ask_admin()
  }
}

/** Reads the connection as it is now, then opens the dialog for it. */
export function useReopen() {
  const hub = useHub()
  const client = useQueryClient()
  const connect = useConnect()
  const { say } = useToasts()
  return useMutation({
    mutationFn: ({ id }: { id: string; adding: string[] | undefined }) =>
      client.fetchQuery({ ...connectionQuery(hub, id), staleTime: 0 }),
    onSuccess: (connection, { adding }) =>
      connect({
        kind: 'reconnect',
        provider: connection.provider,
        connection,
        ...(adding && { adding }),
      }),
    onError: (error) => say({ tone: 'warn', text: problemOf(error).detail }),
  })
}
