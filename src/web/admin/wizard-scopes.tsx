import { type FormEvent, useState } from 'react'
import type { IntegrationDetailBody, ProviderDetailBody } from '../../http/wire.ts'
import type { SettingsChange } from '../api/hub.ts'
import { problemOf } from '../api/http.ts'
import { adminTexts, wizardTexts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { FormField, inputClass } from '../ui/form-field.tsx'
import { Notice } from '../ui/notice.tsx'
import { Pasted } from '../ui/pasted.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'

const OWN = 'own list'

type Props = {
  provider: ProviderDetailBody
  integration: IntegrationDetailBody
  onSave: (change: SettingsChange) => void
  busy: boolean
  error: unknown
}

/** The scopes to paste, and which set of them Connect asks for. */
export function WizardScopes({ provider, integration, onSave, busy, error }: Props) {
  const { scopes, lacking } = integration
  const chosen = scopes.own ? OWN : (scopes.set ?? 'recommended')
  const [set, setSet] = useState(chosen)
  const [own, setOwn] = useState((scopes.own ?? scopes.requested).join('\n'))
  const [unknown, setUnknown] = useState(scopes.unknown.length > 0)
  const named = provider.scope_sets.find(({ name }) => name === set)
  const isDirty = set !== chosen || (set === OWN && own !== (scopes.own ?? []).join('\n'))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (busy) return
    if (set !== OWN) return onSave({ scope_set: set })
    const list = own.split(/\s+/).filter(Boolean)
    onSave({ scopes: list, ...(unknown ? { allow_unknown_scopes: true } : {}) })
  }
  const shown = set === OWN ? own.split(/\s+/).filter(Boolean) : (named?.scopes ?? scopes.requested)
  const ownError = error
    ? problemOf(error).errors?.find(({ path }) => path.startsWith('scopes'))?.message
    : undefined
  return (
    <div className="space-y-4">
      <form onSubmit={submit} className="space-y-3">
        <FormField label={wizardTexts.scopeSet} help={named?.note}>
          {(control) => (
            <select
              {...control}
              value={set}
              onChange={(event) => setSet(event.target.value)}
              className={inputClass}
            >
              {provider.scope_sets.map(({ name, label }) => (
                <option key={name} value={name}>
                  {label}
                </option>
              ))}
              <option value={OWN}>{wizardTexts.own}</option>
            </select>
          )}
        </FormField>
        {set === OWN && (
          <>
            <FormField label={wizardTexts.ownLabel} error={ownError}>
              {(control) => (
                <textarea
                  {...control}
                  rows={Math.min(12, Math.max(4, shown.length + 1))}
                  dir="ltr"
                  spellCheck={false}
                  value={own}
                  onChange={(event) => setOwn(event.target.value)}
                  className={`${inputClass} font-mono text-sm`}
                />
              )}
            </FormField>
            <label className="flex gap-2.5 text-sm">
              <input
                type="checkbox"
                className="mt-0.5 size-4 shrink-0 accent-accent"
                checked={unknown}
                onChange={(event) => setUnknown(event.target.checked)}
              />
              {wizardTexts.allowUnknown}
            </label>
          </>
        )}
        {error !== null && ownError === undefined && <ProblemNotice error={error} />}
        {isDirty && (
          <Button type="submit" busy={busy}>
            {adminTexts.save}
          </Button>
        )}
      </form>
      {shown.length > 0 && <Pasted label={wizardTexts.scopes} value={shown.join('\n')} />}
      {lacking.connections > 0 && (
        <Notice tone="info">
          <p>{wizardTexts.lacking(lacking.connections, lacking.scopes)}</p>
        </Notice>
      )}
    </div>
  )
}
