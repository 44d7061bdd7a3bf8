import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { CalendarClock } from 'lucide-react'
import type { ProjectBody, SyncSettingsBody } from '../../http/wire.ts'
import { useHub } from '../api/hub-context.tsx'
import { projectKeys, type SettingsChange, syncSettingsQuery } from '../api/projects.ts'
import { frameTexts, syncTexts } from '../texts.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { FormField, inputClass } from '../ui/form-field.tsx'
import { Logo } from '../ui/logo.tsx'
import { Notice } from '../ui/notice.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { LoadingNote, Skeleton } from '../ui/skeleton.tsx'
import { useToasts } from '../ui/toasts.tsx'

const SCHEDULES = Object.entries(syncTexts.schedules) as [SyncSettingsBody['schedule'], string][]

/** Saved as they are changed: there is nothing to forget to save. */
export function SyncTab({ project }: { project: ProjectBody }) {
  const settings = useQuery(syncSettingsQuery(useHub(), project.id))
  if (settings.error && !settings.data)
    return <ProblemNotice error={settings.error} onRetry={() => void settings.refetch()} />
  if (!settings.data)
    return (
      <>
        <LoadingNote>{frameTexts.loading}</LoadingNote>
        <Skeleton className="h-48 rounded-xl" />
      </>
    )
  if (settings.data.length === 0)
    return <EmptyState icon={CalendarClock} title={syncTexts.emptyTitle} detail={syncTexts.empty} />
  return (
    <div className="max-w-4xl space-y-5">
      <p className="max-w-prose text-muted">{syncTexts.intro}</p>
      <Notice tone="info">
        <p>{syncTexts.notYet}</p>
      </Notice>
      <ul className="divide-y divide-line rounded-xl border border-line bg-surface">
        {settings.data.map((one) => (
          <ProviderSettings key={one.provider} project={project} settings={one} />
        ))}
      </ul>
    </div>
  )
}

function ProviderSettings({ project, settings }: { project: ProjectBody; settings: SyncSettingsBody }) {
  const hub = useHub()
  const client = useQueryClient()
  const { say } = useToasts()
  const name = settings.provider_name
  const change = useMutation({
    mutationFn: (next: SettingsChange) => hub.changeSyncSettings(project.id, settings.provider, next),
    onSuccess: async (saved) => {
      client.setQueryData<SyncSettingsBody[]>(projectKeys.settings(project.id), (all) =>
        all?.map((one) => (one.provider === saved.provider ? saved : one)),
      )
      say({ tone: 'ok', text: syncTexts.saved(name), quiet: true })
    },
    onError: (error) => say({ tone: 'warn', text: error.message }),
  })
  // What was chosen shows at once, and goes back where it was not taken.
  const shown = { ...settings, ...(change.isPending ? change.variables : {}) }
  const windows = [...new Set([...syncTexts.windows, settings.window_days])].sort((a, b) => a - b)
  const may = project.may.manage
  return (
    <li className="flex flex-wrap items-center gap-x-5 gap-y-3 p-4">
      <span className="flex min-w-0 flex-1 basis-44 items-center gap-3">
        <Logo name={name} src={settings.logo} />
        <span className="font-medium">{name}</span>
      </span>
      <label className="flex min-h-10 items-center gap-2 text-sm">
        <input
          type="checkbox"
          className="size-4 accent-accent"
          aria-label={syncTexts.of(syncTexts.enabled, name)}
          checked={shown.enabled}
          disabled={!may}
          onChange={(event) => change.mutate({ enabled: event.target.checked })}
        />
        <span className="min-w-8">{shown.enabled ? syncTexts.on : syncTexts.off}</span>
      </label>
      <FormField label={syncTexts.schedule}>
        {(control) => (
          <select
            {...control}
            aria-label={syncTexts.of(syncTexts.schedule, name)}
            value={shown.schedule}
            disabled={!may || !shown.enabled}
            onChange={(event) =>
              change.mutate({ schedule: event.target.value as SyncSettingsBody['schedule'] })
            }
            className={inputClass}
          >
            {SCHEDULES.map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        )}
      </FormField>
      <FormField label={syncTexts.window}>
        {(control) => (
          <select
            {...control}
            aria-label={syncTexts.of(syncTexts.window, name)}
            value={shown.window_days}
            disabled={!may || !shown.enabled}
            onChange={(event) => change.mutate({ window_days: Number(event.target.value) })}
            className={inputClass}
          >
            {windows.map((days) => (
              <option key={days} value={days}>
                {syncTexts.days(days)}
              </option>
            ))}
          </select>
        )}
      </FormField>
    </li>
  )
}
