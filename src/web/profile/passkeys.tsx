import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Fingerprint, Pencil, Plus, Trash2 } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import type { PasskeyBody } from '../../http/wire.ts'
import { useHub } from '../api/hub-context.tsx'
import { keys } from '../api/queries.ts'
import { passkeysQuery, signInOptionsQuery } from '../people/queries.ts'
import { canUsePasskeys, isKnownHere, startRegistration, wasCancelled } from '../sign-in/passkey.ts'
import { profileTexts } from '../texts.ts'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { DialogActions } from '../ui/dialog-actions.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { FormField, inputClass } from '../ui/form-field.tsx'
import { Notice } from '../ui/notice.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { Section } from '../ui/section.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { Time } from '../ui/time.tsx'
import { useToasts } from '../ui/toasts.tsx'
import { ConfirmDialog } from './confirm-dialog.tsx'
import { readDevice } from './device.ts'
import { useRecent } from './recent.tsx'

type Open = { kind: 'add' } | { kind: 'rename' | 'remove'; passkey: PasskeyBody }

export function Passkeys() {
  const hub = useHub()
  const list = useQuery(passkeysQuery(hub))
  const options = useQuery(signInOptionsQuery(hub))
  const [open, setOpen] = useState<Open | null>(null)
  const close = () => setOpen(null)
  const hindrance = options.data?.passkeys_hindrance ?? (canUsePasskeys() ? null : profileTexts.unsupported)
  return (
    <Section
      title={profileTexts.passkeys}
      heading="h2"
      aside={
        options.data &&
        !hindrance && (
          <Button size="small" onClick={() => setOpen({ kind: 'add' })}>
            <Plus aria-hidden className="size-4" />
            {profileTexts.addPasskey}
          </Button>
        )
      }
    >
      <p className="mb-3 text-sm text-muted">{profileTexts.passkeysHelp}</p>
      {hindrance && (
        <Notice tone="info" className="mb-3">
          <p className="break-words">{hindrance}</p>
        </Notice>
      )}
      {list.data ? (
        list.data.length === 0 ? (
          <p className="text-sm">{profileTexts.noPasskeys}</p>
        ) : (
          <ul className="divide-y divide-line">
            {list.data.map((passkey) => (
              <Row key={passkey.id} passkey={passkey} onOpen={setOpen} />
            ))}
          </ul>
        )
      ) : list.error ? (
        <ProblemNotice error={list.error} onRetry={() => void list.refetch()} />
      ) : (
        <Skeleton className="h-10" />
      )}
      {open?.kind === 'add' && <AddDialog onClose={close} />}
      {open?.kind === 'rename' && <RenameDialog passkey={open.passkey} onClose={close} />}
      {open?.kind === 'remove' && (
        <ConfirmDialog
          title={profileTexts.removeTitle(open.passkey.name)}
          help={profileTexts.removeHelp}
          action={profileTexts.remove}
          change={() => hub.removePasskey(open.passkey.id)}
          done={profileTexts.removed(open.passkey.name)}
          onClose={close}
        />
      )}
    </Section>
  )
}

function Row({ passkey, onOpen }: { passkey: PasskeyBody; onOpen: (open: Open) => void }) {
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 py-2.5">
      <Fingerprint aria-hidden className="size-5 shrink-0 text-muted" />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          <bdi className="break-words">{passkey.name}</bdi>
          {passkey.backed_up && <Badge tone="plain">{profileTexts.synced}</Badge>}
        </p>
        <p className="text-sm text-muted">
          {profileTexts.added} <Time iso={passkey.created_at} />
          {' · '}
          {passkey.last_used_at ? (
            <>
              {profileTexts.used} <Time iso={passkey.last_used_at} />
            </>
          ) : (
            profileTexts.neverUsed
          )}
        </p>
      </div>
      <div className="flex gap-2">
        <Button
          size="small"
          aria-label={profileTexts.renameNamed(passkey.name)}
          onClick={() => onOpen({ kind: 'rename', passkey })}
        >
          <Pencil aria-hidden className="size-4" />
        </Button>
        <Button
          size="small"
          look="danger"
          aria-label={profileTexts.removeNamed(passkey.name)}
          onClick={() => onOpen({ kind: 'remove', passkey })}
        >
          <Trash2 aria-hidden className="size-4" />
        </Button>
      </div>
    </li>
  )
}

function AddDialog({ onClose }: { onClose: () => void }) {
  const hub = useHub()
  const client = useQueryClient()
  const recent = useRecent()
  const { say } = useToasts()
  const device = readDevice(navigator.userAgent)
  const [name, setName] = useState(device ? profileTexts.device(device.browser, device.system) : '')
  const add = useMutation({
    mutationFn: async () => {
      const optionsJSON = await recent(hub.newPasskeyOptions)
      return hub.addPasskey({ name: name.trim(), response: await startRegistration({ optionsJSON }) })
    },
    onSuccess: async (passkey) => {
      await client.invalidateQueries({ queryKey: keys.people })
      say({ tone: 'ok', text: profileTexts.passkeyAdded(passkey.name) })
      onClose()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (name.trim() !== '' && !add.isPending) add.mutate()
  }
  return (
    <Dialog open onClose={onClose} title={profileTexts.addPasskeyTitle}>
      <form onSubmit={submit} className="space-y-4">
        <NameField value={name} onChange={setName} />
        {add.error &&
          (isKnownHere(add.error) || wasCancelled(add.error) ? (
            <Notice tone="info" role="status">
              <p>{isKnownHere(add.error) ? profileTexts.passkeyKnown : profileTexts.passkeyCancelled}</p>
            </Notice>
          ) : (
            <ProblemNotice error={add.error} />
          ))}
        <DialogActions>
          <Button onClick={onClose}>{profileTexts.cancel}</Button>
          <Button type="submit" look="primary" busy={add.isPending}>
            {profileTexts.passkeyContinue}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

function RenameDialog({ passkey, onClose }: { passkey: PasskeyBody; onClose: () => void }) {
  const hub = useHub()
  const client = useQueryClient()
  const [name, setName] = useState(passkey.name)
  const rename = useMutation({
    mutationFn: () => hub.renamePasskey(passkey.id, name.trim()),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.people })
      onClose()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (name.trim() !== '' && !rename.isPending) rename.mutate()
  }
  return (
    <Dialog open onClose={onClose} title={profileTexts.renameTitle}>
      <form onSubmit={submit} className="space-y-4">
        <NameField value={name} onChange={setName} />
        {rename.error && <ProblemNotice error={rename.error} />}
        <DialogActions>
          <Button onClick={onClose}>{profileTexts.cancel}</Button>
          <Button type="submit" look="primary" busy={rename.isPending}>
            {profileTexts.save}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

function NameField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return (
    <FormField label={profileTexts.passkeyName} help={profileTexts.passkeyNameHelp}>
      {(control) => (
        <input
          {...control}
          data-first-field
          dir="auto"
          autoComplete="off"
          maxLength={100}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          className={inputClass}
        />
      )}
    </FormField>
  )
}
