import { useMutation } from '@tanstack/react-query'
import { BookOpen, CircleUser, FlaskConical, LogOut } from 'lucide-react'
import { useHub, useMe } from '../api/hub-context.tsx'
import { frameTexts } from '../texts.ts'
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '../ui/menu.tsx'
import { iconButtonClass } from './icon-button.ts'
import { useSignedOut } from './session.ts'

export function UserMenu() {
  const hub = useHub()
  const me = useMe()
  const signedOut = useSignedOut()
  const signOut = useMutation({ mutationFn: hub.signOut, onSuccess: () => signedOut() })
  return (
    <Menu
      trigger={
        <button type="button" aria-label={frameTexts.account(me.name)} className={iconButtonClass}>
          <CircleUser aria-hidden className="size-5" />
        </button>
      }
    >
      <MenuLabel>
        {frameTexts.signedInAs(me.name)}
        <span className="block">{me.organization.name}</span>
      </MenuLabel>
      <MenuSeparator />
      <MenuItem asChild>
        <a href="/docs/api" target="_blank" rel="noopener">
          <BookOpen aria-hidden className="size-4.5 text-muted" />
          {frameTexts.apiReference}
        </a>
      </MenuItem>
      {me.hub.sandbox_url && (
        <MenuItem asChild>
          <a href={me.hub.sandbox_url} target="_blank" rel="noopener">
            <FlaskConical aria-hidden className="size-4.5 text-muted" />
            {frameTexts.sandbox}
          </a>
        </MenuItem>
      )}
      <MenuSeparator />
      <MenuItem onSelect={() => signOut.mutate()}>
        <LogOut aria-hidden className="size-4.5 text-muted" />
        {frameTexts.signOut}
      </MenuItem>
      <p className="px-2.5 pt-1.5 pb-1 text-xs text-muted">{frameTexts.version(me.hub.version)}</p>
    </Menu>
  )
}
