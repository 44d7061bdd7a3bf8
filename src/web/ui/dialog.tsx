import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import { type ReactNode, useRef } from 'react'
import { connectTexts } from '../texts/connect.ts'
import { classes } from './classes.ts'
import { useFocusReturn } from './use-focus-return.ts'

type Props = {
  open: boolean
  onClose: () => void
  title: ReactNode
  description?: ReactNode
  children: ReactNode
  /** Beside the title. */
  icon?: ReactNode
  width?: 'narrow' | 'wide'
  /** Keeps a stray click outside from throwing away what was typed. */
  closeOnOutsideClick?: boolean
}

/**
 * A modal dialog. Radix keeps the focus in and brings it back; its Overlay is left out on purpose, because it locks
 * scrolling with an injected <style> tag, which the Content-Security-Policy refuses (style.css does it instead).
 */
export function Dialog({
  open,
  onClose,
  title,
  description,
  children,
  icon,
  width = 'narrow',
  closeOnOutsideClick = false,
}: Props) {
  const onCloseAutoFocus = useFocusReturn()
  const content = useRef<HTMLDivElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <div data-modal="open" className="fixed inset-0 z-40 bg-shade" />
        <Radix.Content
          ref={content}
          {...(description ? {} : { 'aria-describedby': undefined })}
          onOpenAutoFocus={(event) => {
            // The first button would be Close; what is asked comes first, else the title, where reading begins.
            event.preventDefault()
            const field = content.current?.querySelector<HTMLElement>('[data-first-field]')
            ;(field ?? heading.current)?.focus()
          }}
          onCloseAutoFocus={onCloseAutoFocus}
          onInteractOutside={(event) => {
            const onToast = event.target instanceof Element && event.target.closest('[data-toasts]')
            if (onToast || !closeOnOutsideClick) event.preventDefault()
          }}
          className={classes(
            'animate-rise fixed inset-x-0 bottom-0 z-50 mx-auto flex max-h-[92dvh] w-full flex-col overflow-hidden',
            'rounded-t-xl border border-line bg-surface shadow-2xl',
            'sm:top-1/2 sm:bottom-auto sm:max-h-[86dvh] sm:-translate-y-1/2 sm:rounded-xl',
            width === 'narrow' ? 'sm:max-w-lg' : 'sm:max-w-2xl',
          )}
        >
          <div className="flex items-start gap-3 border-b border-line px-4 py-3.5 sm:px-5">
            {icon}
            <div className="min-w-0 flex-1">
              <Radix.Title
                ref={heading}
                tabIndex={-1}
                className="text-lg font-semibold leading-7 outline-none"
              >
                {title}
              </Radix.Title>
              {description && (
                <Radix.Description className="text-sm text-muted">{description}</Radix.Description>
              )}
            </div>
            <Radix.Close
              aria-label={connectTexts.close}
              className="-me-1.5 grid size-8 shrink-0 place-items-center rounded-md text-muted hover:bg-sunken hover:text-ink"
            >
              <X aria-hidden className="size-5" />
            </Radix.Close>
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-4 py-4 sm:px-5">
            {children}
          </div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
