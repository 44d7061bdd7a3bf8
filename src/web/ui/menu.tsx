import { DropdownMenu as Radix } from 'radix-ui'
import type { ComponentProps, ReactNode } from 'react'
import { classes } from './classes.ts'

export const menuItemClass =
  'flex min-h-9 w-full items-center gap-2.5 rounded px-2.5 py-1.5 text-sm outline-none select-none data-highlighted:bg-sunken pointer-coarse:min-h-11'

/** A menu on a button. Not modal: Radix would lock scrolling with an injected <style> tag (see dialog.tsx). */
export function Menu({
  trigger,
  children,
  defaultOpen = false,
}: {
  trigger: ReactNode
  children: ReactNode
  defaultOpen?: boolean
}) {
  return (
    <Radix.Root modal={false} defaultOpen={defaultOpen}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      {/* Not moved to the end of the page: there it would stand outside of every landmark. */}
      <Radix.Content
        align="end"
        sideOffset={6}
        collisionPadding={8}
        className="animate-rise z-40 min-w-52 rounded-lg border border-line bg-surface p-1.5 shadow-xl"
      >
        {children}
      </Radix.Content>
    </Radix.Root>
  )
}

export function MenuItem({ className, ...rest }: ComponentProps<typeof Radix.Item>) {
  return <Radix.Item {...rest} className={classes(menuItemClass, className)} />
}
export function MenuSeparator() {
  return <Radix.Separator className="my-1.5 border-t border-line" />
}
export const MenuLabel = ({ children }: { children: ReactNode }) => (
  <Radix.Label className="px-2.5 py-1.5 text-sm text-muted">{children}</Radix.Label>
)
export const MenuRadioGroup = Radix.RadioGroup
export function MenuRadioItem({ className, children, ...rest }: ComponentProps<typeof Radix.RadioItem>) {
  return (
    <Radix.RadioItem {...rest} className={classes(menuItemClass, 'group', className)}>
      <span className="grid size-4 place-items-center rounded-full border border-edge group-data-[state=checked]:border-accent">
        <Radix.ItemIndicator className="size-2 rounded-full bg-accent" />
      </span>
      {children}
    </Radix.RadioItem>
  )
}
