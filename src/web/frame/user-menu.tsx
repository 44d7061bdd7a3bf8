import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { BookOpen, CircleUser, FlaskConical, Keyboard, LogOut, Rocket } from 'lucide-react'
import { useHub, useMe } from '../api/hub-context.tsx'
import { frameTexts, navTexts } from '../texts.ts'
import { directionNow, setDirection, type TextDirection } from '../theme/direction.ts'
import { setTheme, THEMES, type Theme, useTheme } from '../theme/theme.ts'
import { useTour } from '../tour/tour-state.ts'
import { Menu, MenuItem, MenuLabel, MenuRadioGroup, MenuRadioItem, MenuSeparator } from '../ui/menu.tsx'
import { iconButtonClass } from './icon-button.ts'
import { OrganizationSwitch } from './organization-switch.tsx'
import { FURTHER_PAGES, pagesFor } from './pages.ts'
import { useSignedOut } from './session.ts'

/** The person, what helps them, how the pages look, and the way out. */
export default function UserMenu({ onShortcuts }: { onShortcuts: () => void }) {
  const hub = useHub()
  const me = useMe()
  const theme = useTheme()
  const tour = useTour()
  const signedOut = useSignedOut()
  const signOut = useMutation({ mutationFn: hub.signOut, onSuccess: () => signedOut() })
  return (
    <Menu
      defaultOpen
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
      <OrganizationSwitch />
      {pagesFor(me, FURTHER_PAGES).map((page) => (
        <MenuItem key={page.to} asChild>
          <Link to={page.to}>
            <page.icon aria-hidden className="size-4.5 text-muted" />
            {page.label}
          </Link>
        </MenuItem>
      ))}
      <MenuItem onSelect={tour.begin} asChild>
        <Link to="/">
          <Rocket aria-hidden className="size-4.5 text-muted" />
          {navTexts.tour}
        </Link>
      </MenuItem>
      <MenuItem onSelect={onShortcuts}>
        <Keyboard aria-hidden className="size-4.5 text-muted" />
        {navTexts.shortcuts}
      </MenuItem>
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
      <MenuLabel>{frameTexts.theme}</MenuLabel>
      <MenuRadioGroup value={theme} onValueChange={(value) => setTheme(value as Theme)}>
        {THEMES.map((name) => (
          <MenuRadioItem key={name} value={name}>
            {frameTexts.themes[name]}
          </MenuRadioItem>
        ))}
      </MenuRadioGroup>
      <MenuLabel>{navTexts.direction}</MenuLabel>
      <MenuRadioGroup value={directionNow()} onValueChange={(value) => setDirection(value as TextDirection)}>
        {(['ltr', 'rtl'] as const).map((name) => (
          <MenuRadioItem key={name} value={name}>
            {navTexts.directions[name]}
          </MenuRadioItem>
        ))}
      </MenuRadioGroup>
      <MenuSeparator />
      <MenuItem onSelect={() => signOut.mutate()}>
        <LogOut aria-hidden className="size-4.5 text-muted" />
        {frameTexts.signOut}
      </MenuItem>
      <p className="px-2.5 pt-1.5 pb-1 text-xs text-muted">{frameTexts.version(me.hub.version)}</p>
    </Menu>
  )
}
