import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import type { DeclarationStoredBody, IntegrationSummaryBody } from '../../http/wire.ts'
import { problemOf } from '../api/http.ts'
import { useHub } from '../api/hub-context.tsx'
import { declarationQuery, integrationsQuery, keys } from '../api/queries.ts'
import { declareTexts } from '../texts.ts'
import { Button, buttonClass } from '../ui/button.tsx'
import { FormField, inputClass } from '../ui/form-field.tsx'
import { Notice } from '../ui/notice.tsx'
import { Pasted } from '../ui/pasted.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { Section } from '../ui/section.tsx'
import { AdminPage } from './admin-page.tsx'
import { EXAMPLE } from './declaration-example.ts'
import { RemoveProviderDialog } from './remove-provider-dialog.tsx'

const route = getRouteApi('/frame/admin/providers')

/** Providers that the catalog does not have, declared as JSON; what is wrong is told by path, all at once. */
export function DeclarePage() {
  const { id } = route.useSearch()
  return (
    <AdminPage title={declareTexts.title} intro={declareTexts.intro}>
      <div className="grid gap-5 lg:grid-cols-[minmax(0,1fr)_22rem] lg:items-start">
        {id ? <Loaded key={id} id={id} /> : <Editor initial="" />}
        <DeclaredList />
      </div>
    </AdminPage>
  )
}

function Loaded({ id }: { id: string }) {
  const { data, error, refetch } = useQuery(declarationQuery(useHub(), id))
  if (data) return <Editor initial={JSON.stringify(data.declaration, null, 2)} />
  return error ? (
    <ProblemNotice error={error} onRetry={() => void refetch()} />
  ) : (
    <Editor key="empty" initial="" />
  )
}

function Editor({ initial }: { initial: string }) {
  const hub = useHub()
  const client = useQueryClient()
  const [text, setText] = useState(initial)
  const [notJson, setNotJson] = useState<string | null>(null)
  const result = useRef<HTMLDivElement>(null)
  const declare = useMutation({
    mutationFn: ({ declaration, dryRun }: { declaration: { id: string }; dryRun: boolean }) =>
      hub.declare(declaration, { dryRun }),
    onSuccess: async (stored) => {
      if (stored.dry_run) return
      await Promise.all([
        client.invalidateQueries({ queryKey: keys.integrations }),
        client.invalidateQueries({ queryKey: keys.providers }),
        client.invalidateQueries({ queryKey: keys.doctor }),
      ])
    },
  })
  const send = (dryRun: boolean) => {
    setNotJson(null)
    declare.reset()
    let declaration: unknown
    try {
      declaration = JSON.parse(text)
    } catch (error) {
      return setNotJson((error as Error).message)
    }
    const id = (declaration as { id?: unknown } | null)?.id
    if (typeof id !== 'string' || id === '') return setNotJson(declareTexts.noId)
    declare.mutate({ declaration: { ...(declaration as object), id }, dryRun })
  }
  const errors = declare.error ? problemOf(declare.error).errors : undefined
  const settled = notJson !== null || declare.isSuccess || declare.isError
  useEffect(() => {
    if (settled) result.current?.scrollIntoView({ block: 'nearest' })
  }, [settled])
  return (
    <Section heading="h2" title={declareTexts.json}>
      <div className="space-y-4">
        <FormField label={declareTexts.json} help={declareTexts.jsonHelp}>
          {(control) => (
            <textarea
              {...control}
              rows={18}
              dir="ltr"
              spellCheck={false}
              autoComplete="off"
              value={text}
              onChange={(event) => setText(event.target.value)}
              className={`${inputClass} font-mono text-xs leading-5`}
            />
          )}
        </FormField>
        <div className="flex flex-wrap gap-2">
          {text.trim() === '' && <Button onClick={() => setText(EXAMPLE)}>{declareTexts.example}</Button>}
          <Button busy={declare.isPending} onClick={() => send(true)}>
            {declareTexts.validate}
          </Button>
          <Button look="primary" busy={declare.isPending} onClick={() => send(false)}>
            {declareTexts.save}
          </Button>
        </div>
        <div ref={result} role="status" className="space-y-3">
          {notJson !== null && (
            <Notice tone="bad" title={declareTexts.notJson}>
              <p className="break-words">{notJson}</p>
            </Notice>
          )}
          {errors ? (
            <Notice tone="bad" title={declareTexts.wrong}>
              <ul className="list-disc space-y-1 ps-5">
                {errors.map(({ path, message }) => (
                  <li key={path + message} className="break-words">
                    <code className="text-xs">{path}</code> {message}
                  </li>
                ))}
              </ul>
            </Notice>
          ) : (
            declare.error && <ProblemNotice error={declare.error} />
          )}
          {declare.data && <Stored stored={declare.data} />}
        </div>
      </div>
    </Section>
  )
}

function Stored({ stored }: { stored: DeclarationStoredBody }) {
  return (
    <>
      <Notice
        tone="ok"
        title={stored.dry_run ? declareTexts.valid(stored.name) : declareTexts.stored(stored.name)}
      >
        {stored.variables.length > 0 && <p>{declareTexts.variables(stored.variables)}</p>}
        {!stored.dry_run && (
          <p>
            <Link
              to="/admin/setup/$id"
              params={{ id: stored.id }}
              className="text-accent underline underline-offset-2"
            >
              {declareTexts.setupNamed(stored.name)}
            </Link>
          </p>
        )}
      </Notice>
      {stored.redirect_uri && <Pasted label={declareTexts.register} value={stored.redirect_uri} />}
    </>
  )
}

function DeclaredList() {
  const navigate = useNavigate()
  const { data } = useQuery(integrationsQuery(useHub()))
  const [removing, setRemoving] = useState<IntegrationSummaryBody | null>(null)
  const declared = data?.filter((one) => one.declared) ?? []
  return (
    <Section heading="h2" title={declareTexts.list}>
      {declared.length === 0 ? (
        <p className="text-sm text-muted">{declareTexts.none}</p>
      ) : (
        <ul className="divide-y divide-line">
          {declared.map((one) => (
            <li key={one.provider} className="space-y-2 py-3 first:pt-0 last:pb-0">
              <p className="font-medium break-words">
                <bdi>{one.name}</bdi> <code className="text-xs text-muted">{one.provider}</code>
              </p>
              <div className="flex flex-wrap gap-2">
                <Link
                  to="/admin/setup/$id"
                  params={{ id: one.provider }}
                  aria-label={declareTexts.setupNamed(one.name)}
                  className={buttonClass({ size: 'small' })}
                >
                  {declareTexts.setup}
                </Link>
                <Button
                  size="small"
                  aria-label={declareTexts.editNamed(one.name)}
                  onClick={() => void navigate({ to: '/admin/providers', search: { id: one.provider } })}
                >
                  {declareTexts.edit}
                </Button>
                <Button
                  size="small"
                  look="danger"
                  aria-label={declareTexts.removeNamed(one.name)}
                  onClick={() => setRemoving(one)}
                >
                  {declareTexts.remove}
                </Button>
              </div>
            </li>
          ))}
        </ul>
      )}
      {removing && (
        <RemoveProviderDialog
          provider={removing.provider}
          name={removing.name}
          onClose={() => setRemoving(null)}
        />
      )}
    </Section>
  )
}
