import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { IntegrationDetailBody } from '../../http/wire.ts'
import { useHub } from '../api/hub-context.tsx'
import { problemOf } from '../api/http.ts'
import { adminTexts, wizardTexts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { FormField, inputClass } from '../ui/form-field.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { useToasts } from '../ui/toasts.tsx'
import { AffectedNotice } from './affected-notice.tsx'

type Variable = IntegrationDetailBody['variables'][number]

/** Fields that are written and never read. What connections a change touches is said before it is made. */
export function WizardCredentials({
  integration,
  onSaved,
}: {
  integration: IntegrationDetailBody
  onSaved: () => Promise<void>
}) {
  const hub = useHub()
  const { say } = useToasts()
  const [values, setValues] = useState<Record<string, string>>({})
  const [tried, setTried] = useState(false)
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim() !== ''))
  const save = useMutation({
    mutationFn: async ({ knowing }: { knowing: boolean }) => {
      if (!knowing) {
        const plan = await hub.setSecrets(given, { dryRun: true })
        if (plan.affected.length > 0) return plan
      }
      return hub.setSecrets(given, { dryRun: false })
    },
    // What was typed leaves the memory with this form.
    gcTime: 0,
    onSuccess: async (answer) => {
      if (answer.dry_run) return
      setValues({})
      setTried(false)
      await onSaved()
      say({ tone: 'ok', text: adminTexts.saved })
    },
  })
  const plan = save.data?.dry_run ? save.data : undefined
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (Object.keys(given).length === 0 || save.isPending) return
    save.mutate({ knowing: plan !== undefined })
  }
  const errors = save.error ? (problemOf(save.error).errors ?? []) : []
  // Clients that several providers share are set with the provider that they are named after.
  const shown = integration.variables.filter(
    ({ kind, required, source }) => required || source !== null || kind === 'extra' || kind === 'hub_wide',
  )
  return (
    <form onSubmit={submit} noValidate autoComplete="off" className="space-y-4">
      <p className="text-sm text-muted">{wizardTexts.giveHelp}</p>
      {shown.map((variable) => (
        <VariableField
          key={variable.name}
          variable={variable}
          value={values[variable.name] ?? ''}
          onChange={(value) => {
            setValues({ ...values, [variable.name]: value })
            save.reset()
          }}
          error={errors.find(({ path }) => path === variable.name)?.message}
        />
      ))}
      {tried && Object.keys(given).length === 0 && (
        <p role="alert" className="text-sm text-bad">
          {wizardTexts.nothing}
        </p>
      )}
      {plan && <AffectedNotice change={plan} />}
      {save.error && errors.length === 0 && <ProblemNotice error={save.error} />}
      <Button type="submit" look="primary" busy={save.isPending}>
        {plan ? wizardTexts.saveAnyway : wizardTexts.save}
      </Button>
    </form>
  )
}

function VariableField({
  variable,
  value,
  onChange,
  error,
}: {
  variable: Variable
  value: string
  onChange: (value: string) => void
  error: string | undefined
}) {
  const { name, kind, purpose, required, source } = variable
  const label = (
    <>
      {purpose} {!required && <span className="font-normal text-muted">({wizardTexts.optional})</span>}
      <code className="block text-xs font-normal break-all text-muted">{name}</code>
    </>
  )
  return (
    <FormField
      label={label}
      help={source ? wizardTexts.sources[source] : wizardTexts.notSet}
      error={error && `${name} ${error}.`}
    >
      {(control) => (
        <input
          {...control}
          name={name}
          type={kind === 'client_id' ? 'text' : 'password'}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          autoComplete={kind === 'client_id' ? 'off' : 'new-password'}
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          dir="ltr"
          className={inputClass}
        />
      )}
    </FormField>
  )
}
