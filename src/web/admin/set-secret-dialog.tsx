import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useHub } from '../api/hub-context.tsx'
import { keys } from '../api/queries.ts'
import { adminTexts, secretTexts, wizardTexts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { DialogActions } from '../ui/dialog-actions.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { FormField, inputClass } from '../ui/form-field.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { useToasts } from '../ui/toasts.tsx'
import { AffectedNotice } from './affected-notice.tsx'
import { readEnvLines } from './env-lines.ts'

/** Says first what the change touches; sets on the second word. */
function useSetSecrets(onDone: () => void) {
  const hub = useHub()
  const client = useQueryClient()
  const { say } = useToasts()
  const save = useMutation({
    mutationFn: async ({ values, knowing }: { values: Record<string, string>; knowing: boolean }) => {
      if (!knowing) {
        const plan = await hub.setSecrets(values, { dryRun: true })
        if (plan.affected.length > 0) return plan
      }
      return hub.setSecrets(values, { dryRun: false })
    },
    gcTime: 0,
    onSuccess: async (answer) => {
      if (answer.dry_run) return
      await Promise.all(
        [keys.secrets, keys.integrations, keys.providers, keys.doctor].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      )
      say({ tone: 'ok', text: secretTexts.saved(answer.changes.length) })
      onDone()
    },
  })
  return { save, plan: save.data?.dry_run ? save.data : undefined }
}

/** How both dialogs end: what the change touches, what went wrong, and the buttons. */
function SetEnd({
  setting: { save, plan },
  onClose,
}: {
  setting: ReturnType<typeof useSetSecrets>
  onClose: () => void
}) {
  return (
    <>
      {plan && <AffectedNotice change={plan} />}
      {save.error && <ProblemNotice error={save.error} />}
      <DialogActions>
        <Button onClick={onClose}>{adminTexts.cancel}</Button>
        <Button type="submit" look="primary" busy={save.isPending}>
          {plan ? wizardTexts.saveAnyway : adminTexts.save}
        </Button>
      </DialogActions>
    </>
  )
}

export function SetSecretDialog({ known, onClose }: { known: readonly string[]; onClose: () => void }) {
  const [name, setName] = useState('')
  const [value, setValue] = useState('')
  const [tried, setTried] = useState(false)
  const setting = useSetSecrets(onClose)
  const { save, plan } = setting
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (!name.trim() || !value.trim() || save.isPending) return
    save.mutate({ values: { [name.trim()]: value }, knowing: plan !== undefined })
  }
  return (
    <Dialog open onClose={onClose} title={secretTexts.setTitle}>
      <form onSubmit={submit} noValidate autoComplete="off" className="space-y-4">
        <FormField label={secretTexts.name} help={secretTexts.nameHelp}>
          {(control) => (
            <>
              <input
                {...control}
                data-first-field
                list="known-variables"
                dir="ltr"
                autoCapitalize="none"
                autoComplete="off"
                spellCheck={false}
                maxLength={200}
                value={name}
                onChange={(event) => {
                  setName(event.target.value)
                  save.reset()
                }}
                className={`${inputClass} font-mono text-sm`}
              />
              <datalist id="known-variables">
                {known.map((one) => (
                  <option key={one} value={one}>
                    {one}
                  </option>
                ))}
              </datalist>
            </>
          )}
        </FormField>
        <FormField label={secretTexts.value}>
          {(control) => (
            <input
              {...control}
              type="password"
              dir="ltr"
              autoComplete="new-password"
              spellCheck={false}
              value={value}
              onChange={(event) => {
                setValue(event.target.value)
                save.reset()
              }}
              className={inputClass}
            />
          )}
        </FormField>
        {tried && (!name.trim() || !value.trim()) && (
          <p role="alert" className="text-sm text-bad">
            {secretTexts.both}
          </p>
        )}
        <SetEnd setting={setting} onClose={onClose} />
      </form>
    </Dialog>
  )
}

export function ImportDialog({ known, onClose }: { known: readonly string[]; onClose: () => void }) {
  const [text, setText] = useState('')
  const [all, setAll] = useState(false)
  const [tried, setTried] = useState(false)
  const setting = useSetSecrets(onClose)
  const { save, plan } = setting
  const values = readEnvLines(text)
  const names = Object.keys(values).filter((name) => !/^(TRUNKLINE_|NEXT_PUBLIC_)/.test(name))
  const foreign = names.filter((name) => !known.includes(name))
  const taken = all ? names : names.filter((name) => known.includes(name))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (taken.length === 0 || save.isPending) return
    save.mutate({
      values: Object.fromEntries(taken.map((name) => [name, values[name] ?? ''])),
      knowing: plan !== undefined,
    })
  }
  return (
    <Dialog open onClose={onClose} title={secretTexts.importTitle} width="wide">
      <form onSubmit={submit} noValidate className="space-y-4">
        <FormField label={secretTexts.importLabel} help={secretTexts.importHelp}>
          {(control) => (
            <textarea
              {...control}
              data-first-field
              rows={8}
              dir="ltr"
              autoComplete="off"
              spellCheck={false}
              value={text}
              onChange={(event) => {
                setText(event.target.value)
                save.reset()
              }}
              className={`${inputClass} font-mono text-sm`}
            />
          )}
        </FormField>
        <div role="status" className="space-y-2 text-sm break-words">
          {taken.length > 0 && <p>{secretTexts.takes(taken)}</p>}
          {!all && foreign.length > 0 && <p className="text-muted">{secretTexts.skips(foreign)}</p>}
        </div>
        {foreign.length > 0 && (
          <label className="flex gap-2.5 text-sm">
            <input
              type="checkbox"
              className="mt-0.5 size-4 shrink-0 accent-accent"
              checked={all}
              onChange={(event) => setAll(event.target.checked)}
            />
            {secretTexts.all}
          </label>
        )}
        {tried && taken.length === 0 && (
          <p role="alert" className="text-sm text-bad">
            {secretTexts.nothing}
          </p>
        )}
        <SetEnd setting={setting} onClose={onClose} />
      </form>
    </Dialog>
  )
}
