import { type FormEvent, useState } from 'react'
import type { IntegrationDetailBody } from '../../http/wire.ts'
import { problemOf } from '../api/http.ts'
import { FieldInput } from '../fields/field-input.tsx'
import { adminTexts, wizardTexts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'

type Props = {
  parameters: IntegrationDetailBody['parameters']
  onSave: (parameters: Record<string, string | null>) => void
  busy: boolean
  error: unknown
}

/** What the operator sets once: a self-managed host, a national cloud, an API version. */
export function WizardParameters({ parameters, onSave, busy, error }: Props) {
  const [values, setValues] = useState(() =>
    Object.fromEntries(
      parameters.map(({ name, value, default: usual }) => [name, value === usual ? '' : (value ?? '')]),
    ),
  )
  const errors = error ? (problemOf(error).errors ?? []) : []
  const submit = (event: FormEvent) => {
    event.preventDefault()
    // An empty field is the default.
    if (!busy) onSave(Object.fromEntries(parameters.map(({ name }) => [name, values[name]?.trim() || null])))
  }
  return (
    <form onSubmit={submit} noValidate className="space-y-4">
      <p className="text-sm text-muted">{wizardTexts.whereHelp}</p>
      {parameters.map((field) => (
        <FieldInput
          key={field.name}
          field={field}
          value={values[field.name] ?? ''}
          onChange={(value) => setValues({ ...values, [field.name]: value })}
          error={errors.find(({ path }) => path === `parameters.${field.name}`)?.message}
        />
      ))}
      {error !== null && errors.every(({ path }) => !path.startsWith('parameters.')) && (
        <ProblemNotice error={error} />
      )}
      <Button type="submit" busy={busy}>
        {adminTexts.save}
      </Button>
    </form>
  )
}
