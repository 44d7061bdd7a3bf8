import { CircleCheck, Info, TriangleAlert, X } from 'lucide-react'
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useState } from 'react'
import { frameTexts } from '../texts/dashboard.ts'
import { classes } from './classes.ts'

type Message = {
  tone: 'ok' | 'warn' | 'info'
  text: string
  /** Said to screen readers only: what changed is in view anyway. */
  quiet?: boolean
  action?: { label: string; onAction: () => void }
  /** Stays until dismissed. A message with an action stays too. */
  sticky?: boolean
  /** Told when the person dismisses it. */
  onDismiss?: () => void
}
type Shown = Message & { id: number }

const ToastContext = createContext<{ say: (message: Message) => void } | null>(null)

export function useToasts() {
  const toasts = use(ToastContext)
  if (!toasts) throw new Error('useToasts outside of ToastProvider')
  return toasts
}

const LIFE = 8000
const ICONS = { ok: CircleCheck, warn: TriangleAlert, info: Info }
const COLORS = { ok: 'text-ok', warn: 'text-warn', info: 'text-accent' }

/** Short messages at the edge of the page, in one polite live region that is always there. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [messages, setMessages] = useState<Shown[]>([])
  const say = useCallback((message: Message) => {
    setMessages((current) => {
      const id = (current.at(-1)?.id ?? 0) + 1
      return [...current, { ...message, id }].slice(-5)
    })
  }, [])
  const value = useMemo(() => ({ say }), [say])
  const remove = useCallback(
    (id: number) => setMessages((current) => current.filter((message) => message.id !== id)),
    [],
  )
  return (
    <ToastContext value={value}>
      {children}
      <section
        aria-live="polite"
        aria-label={frameTexts.notifications}
        data-toasts=""
        className="pointer-events-none fixed inset-x-3 bottom-3 z-60 flex flex-col items-end gap-2 sm:start-auto sm:w-96"
      >
        {messages.map((message) => (
          <Toast key={message.id} message={message} onGone={remove} />
        ))}
      </section>
    </ToastContext>
  )
}

function Toast({ message, onGone }: { message: Shown; onGone: (id: number) => void }) {
  const [held, setHeld] = useState(false)
  const { id } = message
  const stays = held || message.sticky || message.action !== undefined
  useEffect(() => {
    if (stays) return
    const timer = setTimeout(() => onGone(id), LIFE)
    return () => clearTimeout(timer)
  }, [stays, id, onGone])
  const { action } = message
  if (message.quiet) return <p className="sr-only">{message.text}</p>
  const Icon = ICONS[message.tone]
  return (
    <div
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
      className="animate-rise pointer-events-auto flex w-full items-start gap-2.5 rounded-lg border border-line bg-surface p-3 text-sm shadow-lg"
    >
      <Icon aria-hidden className={classes('mt-0.5 size-4.5 shrink-0', COLORS[message.tone])} />
      <p className="min-w-0 flex-1">{message.text}</p>
      {action && (
        <button
          type="button"
          className="shrink-0 rounded font-medium text-accent underline underline-offset-2"
          onClick={() => {
            action.onAction()
            onGone(id)
          }}
        >
          {action.label}
        </button>
      )}
      <button
        type="button"
        aria-label={frameTexts.dismiss}
        onClick={() => {
          message.onDismiss?.()
          onGone(id)
        }}
        className="-m-1 grid size-7 shrink-0 place-items-center rounded text-muted hover:bg-sunken hover:text-ink"
      >
        <X aria-hidden className="size-4" />
      </button>
    </div>
  )
}
