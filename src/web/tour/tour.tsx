import { Link, type LinkProps } from '@tanstack/react-router'
import { ArrowRight, Check, Rocket, X } from 'lucide-react'
import type { ConnectionsOverviewBody, ProviderSummaryBody } from '../../http/wire.ts'
import { useMe } from '../api/hub-context.tsx'
import { useConnect } from '../connecting/connect-context.tsx'
import { ADMIN_PAGES, FURTHER_PAGES, MAIN_PAGES, pagesFor } from '../frame/pages.ts'
import { tourTexts } from '../texts.ts'
import { Button, buttonClass } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { useToasts } from '../ui/toasts.tsx'
import { currentStep, firstConnection, firstProvider, isTourOn, STEPS, type Step } from './steps.ts'
import { useTour } from './tour-state.ts'

type Props = { providers: ProviderSummaryBody[]; groups: ConnectionsOverviewBody['groups'] }

/** Leads a newcomer to a connected account and a first answer, and on from there. */
export function Tour({ providers, groups }: Props) {
  const me = useMe()
  const connect = useConnect()
  const tour = useTour()
  const { say } = useToasts()
  if (!isTourOn(tour, groups)) return null
  const connection = firstConnection(groups)
  const start = firstProvider(providers)
  const provider = connection ? providers.find(({ id }) => id === connection.provider) : start
  if (!provider) return <NothingReady />
  const step = currentStep({ connected: connection !== undefined, called: tour.hasCalled })
  const leave = () => {
    tour.leave()
    say({ tone: 'info', text: tourTexts.left })
  }
  return (
    <section
      aria-labelledby="tour"
      className="relative mb-7 rounded-xl border border-line bg-surface p-4 sm:p-5"
    >
      <button
        type="button"
        aria-label={tourTexts.leave}
        title={tourTexts.leave}
        onClick={leave}
        className="absolute end-3 top-3 grid size-8 place-items-center rounded-md text-muted hover:bg-sunken hover:text-ink"
      >
        <X aria-hidden className="size-5" />
      </button>
      <h2 id="tour" className="flex items-center gap-2.5 pe-8 text-lg font-semibold">
        <Rocket aria-hidden className="size-5 shrink-0 text-accent" />
        {step === 'next' ? tourTexts.nextTitle : tourTexts.title}
      </h2>
      <p className="mt-1 max-w-prose pe-8 text-sm text-muted">
        {step === 'next' ? tourTexts.nextIntro : me.hub.sandbox ? tourTexts.intro : tourTexts.introLive}
      </p>
      <Progress step={step} provider={provider.name} account={connection?.account.label} />
      <div className="mt-4">
        {step === 'connect' ? (
          <div className="flex flex-wrap items-center gap-3">
            <Button look="primary" onClick={() => connect({ kind: 'connect', provider: provider.id })}>
              {tourTexts.connect(provider.name)}
            </Button>
            <span className="text-sm text-muted">{tourTexts.orChoose}</span>
          </div>
        ) : step === 'call' && connection ? (
          <Link
            to="/connections/$id"
            params={{ id: connection.id }}
            hash="test-call"
            className={buttonClass({ look: 'primary' })}
          >
            {tourTexts.call}
          </Link>
        ) : (
          <Next onDone={tour.finish} />
        )}
      </div>
    </section>
  )
}

function Progress({
  step,
  provider,
  account,
}: {
  step: Step
  provider: string
  account: string | undefined
}) {
  const at = STEPS.indexOf(step)
  const { connect, connected, call, next } = tourTexts.steps
  const texts: Record<Step, { title: string; detail: string }> = {
    connect: { title: connect.title, detail: connect.detail(provider) },
    connected: {
      title: connected.title,
      detail: account === undefined ? connected.detail : connected.done(account),
    },
    call,
    next,
  }
  return (
    <ol
      aria-label={tourTexts.progress(at, STEPS.length)}
      className="mt-4 grid gap-3 sm:grid-cols-2 xl:grid-cols-4 xl:gap-6"
    >
      {STEPS.map((name, index) => {
        const isDone = index < at
        return (
          <li key={name} aria-current={name === step ? 'step' : undefined} className="flex gap-3">
            <span
              aria-hidden
              className={classes(
                'grid size-6 shrink-0 place-items-center rounded-full text-sm font-medium',
                isDone
                  ? 'bg-ok-tint text-ok'
                  : name === step
                    ? 'bg-accent text-accent-ink'
                    : 'bg-sunken text-muted',
              )}
            >
              {isDone ? <Check className="size-4" /> : index + 1}
            </span>
            <div className="min-w-0 text-sm">
              <p className="font-medium">
                {texts[name].title}
                {isDone && <span className="sr-only"> ({tourTexts.done})</span>}
              </p>
              <p className="text-muted">{texts[name].detail}</p>
            </div>
          </li>
        )
      })}
    </ol>
  )
}

/** Where to go on: only to pages that this person has. */
function Next({ onDone }: { onDone: () => void }) {
  const me = useMe()
  const open = new Set(pagesFor(me, [...MAIN_PAGES, ...ADMIN_PAGES, ...FURTHER_PAGES]).map(({ to }) => to))
  const ways: [to: NonNullable<LinkProps['to']>, text: { title: string; detail: string }][] = [
    ['/admin/keys', tourTexts.next.key],
    ['/people', tourTexts.next.people],
    ['/admin/setup', tourTexts.next.real],
    ['/help', tourTexts.next.help],
  ]
  return (
    <>
      <ul className="grid gap-2 sm:grid-cols-2 xl:grid-cols-4">
        {ways
          .filter(([to]) => open.has(to))
          .map(([to, { title, detail }]) => (
            <li key={to}>
              <Link
                to={to}
                className="flex h-full items-start gap-2 rounded-lg border border-line px-3.5 py-2.5 text-sm hover:border-edge"
              >
                <span className="min-w-0 flex-1">
                  <span className="font-medium">{title}</span>
                  <span className="block text-muted">{detail}</span>
                </span>
                <ArrowRight aria-hidden className="mt-0.5 size-4 shrink-0 text-muted rtl:-scale-x-100" />
              </Link>
            </li>
          ))}
      </ul>
      <Button className="mt-3" size="small" onClick={onDone}>
        {tourTexts.finish}
      </Button>
    </>
  )
}

function NothingReady() {
  return (
    <section className="mb-7 rounded-xl border border-line bg-surface p-4 sm:p-5">
      <h2 className="text-lg font-semibold">{tourTexts.noSandboxTitle}</h2>
      <p className="mt-1 max-w-prose text-sm text-muted">{tourTexts.noSandbox}</p>
    </section>
  )
}
