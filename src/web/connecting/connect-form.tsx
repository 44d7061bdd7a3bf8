import { FlaskConical } from 'lucide-react'
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import type { MethodBody } from '../../http/wire.ts'
import { HubProblem } from '../api/http.ts'
import { FieldInput } from '../fields/field-input.tsx'
import { ScopeList, countScopes } from '../scopes/scope-list.tsx'
import { connectTexts, fieldTexts } from '../texts/connect.ts'
import { Button } from '../ui/button.tsx'
import { DialogActions } from '../ui/dialog-actions.tsx'
import { inputClass } from '../ui/form-field.tsx'
import { Notice } from '../ui/notice.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import {
  type Choice,
  type Connectable,
  askedFields,
  errorsByField,
  missingFields,
  typedFields,
} from './connectable.ts'

type Props = {
  provider: Connectable
  /** Called inside the click, so that a new tab may still be opened. */
  onSubmit: (choice: Choice) => void
  busy: boolean
  error: unknown
  onCancel: () => void
  cancelLabel?: string
  /** Asks whose connection it is; without it, that is settled. */
  ownerChoice?: (props: { value: Choice['owner']; onChange: (owner: Choice['owner']) => void }) => ReactNode
  /** Reconnecting: method, parameters and permissions stay as they are. */
  reconnecting?: { account: string; method: MethodBody['kind']; scopeSet: string | undefined }
  /** The public page leaves in this tab; the dashboard opens another. */
  leavesInThisTab?: boolean
}

/** Explains what will be asked and why, then asks. */
export function ConnectForm({
  provider,
  onSubmit,
  busy,
  error,
  onCancel,
  cancelLabel = connectTexts.cancel,
  ownerChoice,
  reconnecting,
  leavesInThisTab = false,
}: Props) {
  const form = useRef<HTMLFormElement>(null)
  const [methodKind, setMethodKind] = useState(reconnecting?.method ?? provider.methods[0]?.kind ?? 'oauth2')
  const [fields, setFields] = useState<Record<string, string>>({})
  const [owner, setOwner] = useState<Choice['owner']>('me')
  const [scopeSet, setScopeSet] = useState(reconnecting?.scopeSet)
  const [missing, setMissing] = useState<string[]>([])
  const method = provider.methods.find((candidate) => candidate.kind === methodKind) ?? provider.methods[0]
  if (!method) return null

  const problem = error instanceof HubProblem ? error.body : undefined
  const complaints = errorsByField(problem?.errors)
  const visible = askedFields({ provider, method, reconnecting: reconnecting !== undefined })
  const allComplaintsVisible =
    problem?.errors?.length &&
    visible.length &&
    Object.keys(complaints).every((name) => visible.some((f) => f.name === name))

  const firstComplaint = visible.find((field) => complaints[field.name])?.name
  // The hub's answer is new, its complaint may be the one before.
  useEffect(() => {
    if (error && firstComplaint) focusField(form.current, firstComplaint)
  }, [error, firstComplaint])

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (busy) return
    const gaps = missingFields({ asked: visible, fields })
    setMissing(gaps)
    const first = gaps[0]
    if (first) return focusField(form.current, first)
    onSubmit({ method: method.kind, fields: typedFields(fields), owner, scopeSet })
  }

  return (
    <form ref={form} onSubmit={submit} noValidate className="space-y-5">
      <Explanation
        provider={provider}
        method={method}
        account={reconnecting?.account}
        leavesInThisTab={leavesInThisTab}
      />
      {ownerChoice?.({ value: owner, onChange: setOwner })}
      {!reconnecting && provider.methods.length > 1 && (
        <MethodChoice methods={provider.methods} value={method.kind} onChange={setMethodKind} />
      )}
      {visible.map((field) => (
        <FieldInput
          key={`${method.kind} ${field.name}`}
          field={field}
          value={fields[field.name] ?? ''}
          onChange={(value) => {
            setFields({ ...fields, [field.name]: value })
            setMissing(missing.filter((name) => name !== field.name))
          }}
          error={missing.includes(field.name) ? fieldTexts.required(field.label) : complaints[field.name]}
        />
      ))}
      {method.instructions.length > 0 && (
        <div className="text-sm">
          <p className="font-medium">{connectTexts.whereToFind}</p>
          <ol className="mt-1 list-decimal space-y-1 ps-5 text-muted">
            {method.instructions.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </div>
      )}
      <Permissions
        provider={provider}
        method={method}
        scopeSet={scopeSet}
        onScopeSet={setScopeSet}
        fixed={!!reconnecting}
      />
      {error !== null && error !== undefined && !allComplaintsVisible && <ProblemNotice error={error} />}
      <DialogActions>
        <Button onClick={onCancel}>{cancelLabel}</Button>
        <Button type="submit" look="primary" busy={busy}>
          {method.redirects ? connectTexts.submitRedirect(provider.name) : connectTexts.submitSecret}
        </Button>
      </DialogActions>
    </form>
  )
}

function focusField(form: HTMLFormElement | null, name: string): void {
  form?.querySelector<HTMLInputElement>(`[name="${CSS.escape(name)}"]`)?.focus()
}

function Explanation({
  provider,
  method,
  account,
  leavesInThisTab,
}: {
  provider: Connectable
  method: MethodBody
  account: string | undefined
  leavesInThisTab: boolean
}) {
  const here = leavesInThisTab && method.kind !== 'browser_login'
  return (
    <div className="space-y-3 text-sm">
      <p>
        {!method.redirects
          ? connectTexts.explainSecret(provider.name)
          : here
            ? connectTexts.explainRedirectHere(provider.name)
            : connectTexts.explainRedirect(provider.name)}
      </p>
      {account !== undefined && <p>{connectTexts.explainReconnect(account)}</p>}
      {provider.mode === 'sandbox' && (
        <p className="flex gap-2 text-muted">
          <FlaskConical aria-hidden className="mt-0.5 size-4 shrink-0" />
          {connectTexts.explainSandbox(provider.name)}
        </p>
      )}
    </div>
  )
}

function MethodChoice({
  methods,
  value,
  onChange,
}: {
  methods: readonly MethodBody[]
  value: MethodBody['kind']
  onChange: (kind: MethodBody['kind']) => void
}) {
  return (
    <fieldset className="space-y-1.5">
      <legend className="mb-1.5 text-sm font-medium">{connectTexts.method}</legend>
      {methods.map((method) => (
        <label
          key={method.kind}
          className="flex items-center gap-2.5 rounded-md border border-line px-3 py-2 text-sm has-checked:border-accent has-checked:bg-accent-tint"
        >
          <input
            type="radio"
            name="method"
            className="size-4 accent-accent"
            checked={method.kind === value}
            onChange={() => onChange(method.kind)}
          />
          {method.label}
        </label>
      ))}
    </fieldset>
  )
}

function Permissions({
  provider,
  method,
  scopeSet,
  onScopeSet,
  fixed,
}: {
  provider: Connectable
  method: MethodBody
  scopeSet: string | undefined
  onScopeSet: (name: string | undefined) => void
  fixed: boolean
}) {
  if (method.kind !== 'oauth2') return <NoScopes provider={provider} />
  const sets = provider.scope_sets ?? []
  const chosen = sets.find((set) => set.name === scopeSet)
  const scopes = chosen?.scopes ?? provider.requested_scopes
  if (scopes.length === 0) return <NoScopes provider={provider} />
  return (
    <section aria-label={connectTexts.asksFor} className="space-y-2.5">
      <p className="text-sm font-medium">
        {connectTexts.asksFor}{' '}
        <span className="font-normal text-muted">({countScopes({ scopes, declared: provider.scopes })})</span>
      </p>
      {!fixed && sets.length > 1 && (
        <label className="block space-y-1 text-sm">
          <span className="sr-only">{connectTexts.scopeSet}</span>
          <select
            className={inputClass}
            value={scopeSet ?? ''}
            onChange={(event) => onScopeSet(event.target.value || undefined)}
          >
            {sets.map((set) => (
              <option key={set.name} value={set.name === 'recommended' ? '' : set.name}>
                {set.label}
              </option>
            ))}
          </select>
          {chosen?.note && <span className="block text-muted">{chosen.note}</span>}
        </label>
      )}
      <div className="rounded-lg border border-line bg-ground px-3.5 py-3">
        <ScopeList scopes={scopes} declared={provider.scopes} />
      </div>
      {provider.permissions_note && <p className="text-sm text-muted">{provider.permissions_note}</p>}
    </section>
  )
}

function NoScopes({ provider }: { provider: Connectable }) {
  return (
    <Notice tone="info">{provider.permissions_note ?? connectTexts.asksForNothing(provider.name)}</Notice>
  )
}
