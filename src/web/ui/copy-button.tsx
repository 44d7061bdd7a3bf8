import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { frameTexts } from '../texts/dashboard.ts'
import { Button } from './button.tsx'
import { useToasts } from './toasts.tsx'

type Props = { value: string | (() => string); what: string; children?: string; size?: 'small' | 'medium' }

/** Copies a value; `what` names it for screen readers ("Copy the redirect URI"). */
export function CopyButton({ value, what, children, size = 'small' }: Props) {
  const [copied, setCopied] = useState(false)
  const { say } = useToasts()
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 2000)
    return () => clearTimeout(timer)
  }, [copied])
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(typeof value === 'string' ? value : value())
      setCopied(true)
      say({ tone: 'ok', text: `${frameTexts.copied}: ${what}`, quiet: true })
    } catch {
      say({ tone: 'warn', text: frameTexts.copyFailed })
    }
  }
  const Icon = copied ? Check : Copy
  return (
    <Button
      size={size}
      look="secondary"
      onClick={copy}
      aria-label={children ? undefined : frameTexts.copyNamed(what)}
    >
      <Icon aria-hidden className="size-4" />
      <span>{children ?? (copied ? frameTexts.copied : frameTexts.copy)}</span>
    </Button>
  )
}
