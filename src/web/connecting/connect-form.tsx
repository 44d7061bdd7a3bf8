import { type ComponentType, type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import type { MethodBody } from '../../http/wire.ts'
import { HubProblem } from '../api/http.ts'
import { FieldInput } from '../fields/field-input.tsx'
import { connectTexts, fieldTexts } from '../texts/connect.ts'
import { Button } from '../ui/button.tsx'
import { DialogActions } from '../ui/dialog-actions.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { AskedPermissions } from './asked-permissions.tsx'
import {
  type Choice,
  type Connectable,
  askedFields,
  errorsByField,
  missingFields,
  typedFields,
} from './connectable.ts'
import { Explanation } from './explanation.tsx'
import { MethodChoice } from './method-choice.tsx'

type Props = {
  provider: Connectable
  /** Called inside the click, so that a new tab may still be opened. */
  onSubmit: (choice: Choice) => void
  busy: boolean
  error: unknown
  onCancel: () => void
  cancelLabel?: string
  /** What to know before, below the explanation. */
  advice?: ReactNode
  /** Asks whose connection it is; without it, that is settled. */
  firstOwner?: Choice['owner']
  OwnerChoice?: ComponentType<{
    value: Choice['owner']
    onChange: (owner: Choice['owner']) => void
    owners: readonly Choice['owner'][]
  }>
  /** For whom role and policy let it be connected. */
  owners?: readonly Choice['owner'][]
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
  advice,
  OwnerChoice,
  firstOwner = 'me',
  owners = ['me'],
  reconnecting,
  leavesInThisTab = false,
}: Props) {
  const form = useRef<HTMLFormElement>(null)
  const [methodKind, setMethodKind] = useState(reconnecting?.method ?? provider.methods[0]?.kind ?? 'oauth2')
  const [fields, setFields] = useState<Record<string, string>>({})
  const [owner, setOwner] = useState(owners.includes(firstOwner) ? firstOwner : (owners[0] ?? firstOwner))
  const [scopeSet, setScopeSet] = useState(reconnecting?.scopeSet)
  const [missing, setMissing] = useState<string[]>([])
  const method = provider.methods.find((candidate) => candidate.kind === methodKind) ?? provider.methods[0]
  const problem = error instanceof HubProblem ? error.body : undefined
  const complaints = errorsByField(problem?.errors)
  const visible = method ? askedFields({ provider, method, reconnecting: reconnecting !== undefined }) : []
  const allComplaintsVisible =
    problem?.errors?.length &&
    visible.length &&
    Object.keys(complaints).every((name) => visible.some((f) => f.name === name))

  const firstComplaint = visible.find((field) => complaints[field.name])?.name
  // The hub's answer is new, its complaint may be the one before.
  useEffect(() => {
    if (error && firstComplaint) focusField(form.current, firstComplaint)
  }, [error, firstComplaint])

  if (!method) return null
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
      {advice}
      {OwnerChoice && <OwnerChoice value={owner} onChange={setOwner} owners={owners} />}
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
      {visible.length > 0 && method.instructions.length > 0 && (
        <div className="text-sm">
          <p className="font-medium">{connectTexts.whereToFind}</p>
          <ol className="mt-1 list-decimal space-y-1 ps-5 text-muted">
            {method.instructions.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </div>
      )}
      <AskedPermissions
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
          {method.redirects
            ? connectTexts.submitRedirect(provider.name)
            : method.kind === 'verified_access'
              ? connectTexts.submitVerify
              : connectTexts.submitSecret}
        </Button>
      </DialogActions>
    </form>
  )
}

function focusField(form: HTMLFormElement | null, name: string): void {
  form?.querySelector<HTMLInputElement>(`[name="${CSS.escape(name)}"]`)?.focus()
}
