import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useLocation } from '@tanstack/react-router'
import { Play } from 'lucide-react'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import type { ConnectionBody, ProviderDetailBody } from '../../http/wire.ts'
import { useMe } from '../api/hub-context.tsx'
import { keys } from '../api/queries.ts'
import { testCallTexts } from '../texts.ts'
import { TourHint } from '../tour/tour-hint.tsx'
import { useTour } from '../tour/tour-state.ts'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { FormField, inputClass } from '../ui/form-field.tsx'
import { Json } from '../ui/json.tsx'
import { Notice } from '../ui/notice.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { Section } from '../ui/section.tsx'
import { type Answer, type Call, callThroughProxy, curlCommand, SHOWN_CHARACTERS } from './proxy-call.ts'

/** Makes a call through the connection and shows what came back. */
export function TestCall({
  provider,
  connection,
}: {
  provider: ProviderDetailBody
  connection: ConnectionBody
}) {
  const me = useMe()
  const tour = useTour()
  const client = useQueryClient()
  const calls = provider.test_calls
  const [chosen, setChosen] = useState(0)
  const [path, setPath] = useState(calls[0]?.path ?? '')
  const { method = 'GET', base = null, headers = {}, body = null } = calls[chosen] ?? {}
  const call: Call = { method, path, base, headers, body }
  const run = useMutation({
    mutationFn: (made: Call) =>
      callThroughProxy({
        connectionId: connection.id,
        call: made,
        csrf: me.csrf_token,
        clock: () => performance.now(),
      }),
    onSuccess: (answer) => {
      if (answer.status < 400) tour.called()
      // The call may have refreshed a token or changed the status.
      void client.invalidateQueries({ queryKey: keys.timeline(connection.id) })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!run.isPending) run.mutate(call)
  }
  const button = useFocusWhenLinked()
  return (
    <Section title={testCallTexts.title}>
      {connection.status.status === 'connected' && <TourHint />}
      <p className="mb-3 text-sm text-muted">{testCallTexts.intro}</p>
      <form id="test-call" onSubmit={submit} className="scroll-mt-32 space-y-3">
        {calls.length > 1 && (
          <FormField label={testCallTexts.call}>
            {(control) => (
              <select
                {...control}
                value={chosen}
                onChange={(event) => {
                  const index = Number(event.target.value)
                  setChosen(index)
                  setPath(calls[index]?.path ?? '')
                }}
                className={inputClass}
              >
                {calls.map(({ label, method }, index) => (
                  <option key={label} value={index}>
                    {label}
                    {method === 'GET' ? '' : ` (${method})`}
                  </option>
                ))}
              </select>
            )}
          </FormField>
        )}
        <FormField label={testCallTexts.path}>
          {(control) => (
            <div className="flex flex-wrap gap-2">
              <span className="flex min-w-0 flex-1 basis-56 items-stretch">
                <span className="flex items-center rounded-s-md border border-e-0 border-edge bg-sunken px-2.5 font-mono text-xs text-muted">
                  {call.method}
                </span>
                <input
                  {...control}
                  dir="ltr"
                  value={path}
                  onChange={(event) => setPath(event.target.value)}
                  autoComplete="off"
                  autoCapitalize="none"
                  spellCheck={false}
                  className={`${inputClass} rounded-s-none font-mono text-sm`}
                />
              </span>
              <Button ref={button} type="submit" look="primary" busy={run.isPending}>
                {!run.isPending && <Play aria-hidden className="size-4" />}
                {testCallTexts.run}
              </Button>
            </div>
          )}
        </FormField>
        <CopyButton
          value={() => curlCommand({ publicUrl: me.hub.public_url, connectionId: connection.id, call })}
          what={testCallTexts.curlWhat}
        >
          {testCallTexts.curl}
        </CopyButton>
      </form>
      <div role="status" className="mt-4 empty:mt-0">
        {run.data && !run.isPending && <AnswerView answer={run.data} />}
      </div>
      {run.error && !run.isPending && (
        <div className="mt-4">
          <ProblemNotice error={run.error} />
        </div>
      )}
    </Section>
  )
}

/** A link to `#test-call` ends on the button that runs it. */
function useFocusWhenLinked() {
  const button = useRef<HTMLButtonElement>(null)
  const { hash } = useLocation()
  useEffect(() => {
    if (hash !== 'test-call') return
    button.current?.focus({ preventScroll: true })
    button.current?.scrollIntoView({ block: 'center' })
  }, [hash])
  return button
}

function AnswerView({ answer }: { answer: Answer }) {
  return (
    <div className="space-y-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <Badge tone={answer.status < 400 ? 'ok' : 'bad'}>
          {testCallTexts.answered(answer.status, answer.ms)}
        </Badge>
        {answer.text && <CopyButton value={answer.text} what={testCallTexts.bodyWhat} />}
      </div>
      {answer.bytes === 0 ? (
        <p className="text-sm text-muted">{testCallTexts.empty}</p>
      ) : answer.text === null ? (
        <p className="text-sm text-muted">{testCallTexts.binary(answer.contentType, answer.bytes)}</p>
      ) : (
        <Json text={answer.text} label={testCallTexts.response} />
      )}
      {answer.truncated && (
        <Notice tone="info">{testCallTexts.truncated(`${SHOWN_CHARACTERS / 1000} kB`)}</Notice>
      )}
    </div>
  )
}
