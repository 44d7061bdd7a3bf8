import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import type { ApiKeyBody } from '../../http/wire.ts'
import { useHub, useMe } from '../api/hub-context.tsx'
import type { CreatedApiKeyBody } from '../api/hub.ts'
import { keys } from '../api/queries.ts'
import { keyTexts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { DialogActions } from '../ui/dialog-actions.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { FormField, inputClass } from '../ui/form-field.tsx'
import { Notice } from '../ui/notice.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'

type Scope = ApiKeyBody['scopes'][number]
const SCOPES = Object.entries(keyTexts.scopeNames) as [Scope, string][]
type ActsAs = 'me' | 'organization'
const DAY = 86_400
const FIRST_EXPIRY = 1

export function CreateKeyDialog({ onClose }: { onClose: () => void }) {
  const hub = useHub()
  const client = useQueryClient()
  const create = useMutation({
    mutationFn: hub.createApiKey,
    // The answer holds the key in clear: it leaves the memory with this dialog.
    gcTime: 0,
    onSuccess: () => void client.invalidateQueries({ queryKey: keys.apiKeys }),
  })
  return (
    <Dialog open onClose={onClose} title={create.data ? keyTexts.shownOnceTitle : keyTexts.createTitle}>
      {create.data ? (
        <ShownOnce created={create.data} onClose={onClose} />
      ) : (
        <KeyForm onCreate={create.mutate} busy={create.isPending} error={create.error} onCancel={onClose} />
      )}
    </Dialog>
  )
}

function KeyForm({
  onCreate,
  busy,
  error,
  onCancel,
}: {
  onCreate: (key: { name: string; scopes: Scope[]; acts_as: ActsAs; expires_in?: number }) => void
  busy: boolean
  error: unknown
  onCancel: () => void
}) {
  const me = useMe()
  const [name, setName] = useState('')
  const [actsAs, setActsAs] = useState<ActsAs>('me')
  const [scopes, setScopes] = useState<Scope[]>(['connections:read', 'proxy:use'])
  const [expiry, setExpiry] = useState(FIRST_EXPIRY)
  const [tried, setTried] = useState(false)
  const nameInput = useRef<HTMLInputElement>(null)
  const nameMissing = tried && name.trim() === ''
  const scopesMissing = tried && scopes.length === 0
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (name.trim() === '') return nameInput.current?.focus()
    if (scopes.length === 0 || busy) return
    const days = keyTexts.expiries[expiry]?.days ?? null
    onCreate({ name: name.trim(), scopes, acts_as: actsAs, ...(days !== null && { expires_in: days * DAY }) })
  }
  return (
    <form onSubmit={submit} noValidate className="space-y-4">
      <FormField label={keyTexts.name} help={keyTexts.nameHelp} error={nameMissing && keyTexts.nameMissing}>
        {(control) => (
          <input
            {...control}
            ref={nameInput}
            data-first-field
            dir="auto"
            maxLength={100}
            required
            autoComplete="off"
            value={name}
            onChange={(event) => setName(event.target.value)}
            className={inputClass}
          />
        )}
      </FormField>
      {me.role === 'admin' && <ActsAsChoice value={actsAs} onChange={setActsAs} />}
      <fieldset aria-describedby={scopesMissing ? 'scopes-missing' : undefined} className="space-y-1.5">
        <legend className="mb-1.5 text-sm font-medium">{keyTexts.scopes}</legend>
        {SCOPES.filter(([scope]) => me.scopes.includes(scope)).map(([scope, meaning]) => (
          <label key={scope} className="flex gap-2.5 text-sm">
            <input
              type="checkbox"
              className="mt-0.5 size-4 shrink-0 accent-accent"
              checked={scopes.includes(scope)}
              onChange={(event) =>
                setScopes(
                  event.target.checked ? [...scopes, scope] : scopes.filter((chosen) => chosen !== scope),
                )
              }
            />
            <span>
              {meaning} <code className="text-xs text-muted">{scope}</code>
            </span>
          </label>
        ))}
        {scopesMissing && (
          <p id="scopes-missing" role="alert" className="text-sm text-bad">
            {keyTexts.scopesMissing}
          </p>
        )}
      </fieldset>
      <FormField label={keyTexts.expiry}>
        {(control) => (
          <select
            {...control}
            value={expiry}
            onChange={(event) => setExpiry(Number(event.target.value))}
            className={inputClass}
          >
            {keyTexts.expiries.map(({ label }, index) => (
              <option key={label} value={index}>
                {label}
              </option>
            ))}
          </select>
        )}
      </FormField>
      {error !== null && <ProblemNotice error={error} />}
      <DialogActions>
        <Button onClick={onCancel}>{keyTexts.cancel}</Button>
        <Button type="submit" look="primary" busy={busy}>
          {keyTexts.create}
        </Button>
      </DialogActions>
    </form>
  )
}

/** Whose connections it reaches. A member's key is always a key of their own. */
function ActsAsChoice({ value, onChange }: { value: ActsAs; onChange: (value: ActsAs) => void }) {
  const me = useMe()
  return (
    <fieldset>
      <legend className="mb-1.5 text-sm font-medium">{keyTexts.actsAs}</legend>
      <div className="grid gap-2 sm:grid-cols-2">
        {(['me', 'organization'] as const).map((option) => (
          <label
            key={option}
            className="flex gap-2.5 rounded-md border border-line px-3 py-2 text-sm has-checked:border-accent has-checked:bg-accent-tint"
          >
            <input
              type="radio"
              name="acts-as"
              className="mt-0.5 size-4 shrink-0 accent-accent"
              checked={option === value}
              onChange={() => onChange(option)}
            />
            <span className="min-w-0">
              {keyTexts.actsAsNames[option](me.organization.name)}
              <span className="block text-muted">{keyTexts.actsAsHelp[option]}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

function ShownOnce({ created, onClose }: { created: CreatedApiKeyBody; onClose: () => void }) {
  const value = useRef<HTMLInputElement>(null)
  useEffect(() => value.current?.select(), [])
  return (
    <div className="space-y-4">
      <Notice tone="warn" role="status">
        <p>{keyTexts.shownOnce}</p>
      </Notice>
      <FormField label={created.name}>
        {(control) => (
          <div className="flex gap-2">
            <input
              {...control}
              ref={value}
              readOnly
              dir="ltr"
              value={created.key}
              onFocus={(event) => event.target.select()}
              className={`${inputClass} font-mono text-sm`}
            />
            <CopyButton size="medium" value={created.key} what={keyTexts.keyWhat} />
          </div>
        )}
      </FormField>
      <DialogActions>
        <Button look="primary" onClick={onClose}>
          {keyTexts.stored}
        </Button>
      </DialogActions>
    </div>
  )
}
