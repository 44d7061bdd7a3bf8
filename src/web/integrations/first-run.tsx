import { Link } from '@tanstack/react-router'
import { Check, Rocket, X } from 'lucide-react'
import { useState } from 'react'
import { useMe } from '../api/hub-context.tsx'
import { useConnect } from '../connecting/connect-context.tsx'
import { firstRunTexts } from '../texts.ts'
import { Button, buttonClass } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { firstCallDone, rememberFirstCall } from './first-call.ts'
import type { Entry } from './overview.ts'

/** Leads a newcomer to a connected account and a first answer, then goes away for good. */
export function FirstRun({ entries }: { entries: Entry[] }) {
  const me = useMe()
  const connect = useConnect()
  const [over, setOver] = useState(firstCallDone)
  const connected = entries.find(({ connections }) => connections.length > 0)
  const total = entries.reduce((sum, { connections }) => sum + connections.length, 0)
  if (over || total > 1) return null

  const start =
    entries.find(({ provider }) => provider.primary_method === 'oauth2' && provider.mode === 'sandbox') ??
    entries.find(({ provider }) => provider.mode !== 'unconfigured')
  if (!connected && !start) return <NothingReady />
  const first = connected?.connections[0]
  const provider = (connected ?? start)?.provider
  if (!provider) return null
  const steps = [
    {
      ...firstRunTexts.steps.connect,
      detail: firstRunTexts.steps.connect.detail(provider.name),
      done: !!first,
    },
    { ...firstRunTexts.steps.approve, done: !!first },
    { ...firstRunTexts.steps.call, done: false },
  ]
  return (
    <section
      aria-labelledby="first-run"
      className="relative mb-7 rounded-xl border border-line bg-surface p-4 sm:p-6"
    >
      <button
        type="button"
        aria-label={firstRunTexts.hide}
        onClick={() => {
          rememberFirstCall()
          setOver(true)
        }}
        className="absolute end-3 top-3 grid size-8 place-items-center rounded-md text-muted hover:bg-sunken hover:text-ink"
      >
        <X aria-hidden className="size-5" />
      </button>
      <h2 id="first-run" className="flex items-center gap-2.5 pe-8 text-lg font-semibold">
        <Rocket aria-hidden className="size-5 shrink-0 text-accent" />
        {first ? firstRunTexts.callTitle : firstRunTexts.title}
      </h2>
      <p className="mt-1 max-w-prose pe-8 text-sm text-muted">
        {first
          ? firstRunTexts.callIntro(provider.name, first.account.label)
          : me.hub.sandbox
            ? firstRunTexts.intro
            : firstRunTexts.introLive}
      </p>
      <ol className="mt-4 grid gap-3 md:grid-cols-3 md:gap-6">
        {steps.map(({ title, detail, done }, index) => (
          <li key={title} className="flex gap-3">
            <span
              aria-hidden
              className={classes(
                'grid size-6 shrink-0 place-items-center rounded-full text-sm font-medium',
                done ? 'bg-ok-tint text-ok' : 'bg-accent-tint text-accent',
              )}
            >
              {done ? <Check className="size-4" /> : index + 1}
            </span>
            <div className="min-w-0 text-sm">
              <p className="font-medium">
                {title}
                {done && <span className="sr-only"> ({firstRunTexts.done})</span>}
              </p>
              <p className="text-muted">{detail}</p>
            </div>
          </li>
        ))}
      </ol>
      <div className="mt-4 flex flex-wrap items-center gap-3">
        {first ? (
          <Link
            to="/connections/$id"
            params={{ id: first.id }}
            hash="test-call"
            className={buttonClass({ look: 'primary' })}
          >
            {firstRunTexts.call}
          </Link>
        ) : (
          <>
            <Button look="primary" onClick={() => connect({ kind: 'connect', provider: provider.id })}>
              {firstRunTexts.connect(provider.name)}
            </Button>
            <span className="text-sm text-muted">{firstRunTexts.orChoose}</span>
          </>
        )}
      </div>
    </section>
  )
}

function NothingReady() {
  return (
    <section className="mb-7 rounded-xl border border-line bg-surface p-4 sm:p-6">
      <h2 className="text-lg font-semibold">{firstRunTexts.noSandboxTitle}</h2>
      <p className="mt-1 max-w-prose text-sm text-muted">{firstRunTexts.noSandbox}</p>
    </section>
  )
}
