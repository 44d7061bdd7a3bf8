/**
 * The pages that navigation, palette and shortcuts lead to. A new page is a line here, and a route in routes.tsx.
 */
import type { LinkProps } from '@tanstack/react-router'
import {
  Blocks,
  Bot,
  Building2,
  CircleHelp,
  CircleUser,
  FolderKanban,
  KeyRound,
  LayoutGrid,
  Link2,
  LockKeyhole,
  type LucideIcon,
  Plug,
  ScrollText,
  Stethoscope,
  Users,
  Wrench,
} from 'lucide-react'
import type { MeBody } from '../../http/wire.ts'
import {
  adminTexts,
  auditTexts,
  agentsTexts,
  frameTexts,
  navTexts,
  organizationsTexts,
  peopleTexts,
  profileTexts,
  projectsTexts,
} from '../texts.ts'

export type Page = {
  to: NonNullable<LinkProps['to']>
  label: string
  icon: LucideIcon
  /** Paths that belong to it as well; `/` stands for itself alone. */
  under?: readonly string[]
  /** Pressed after `g`. */
  key?: string
  /** Absent: for everybody. The hub refuses others anyway. */
  shownTo?: (me: MeBody) => boolean
}

const isAdmin = (me: MeBody) => me.role === 'admin'

/** In the header; on small screens in the menu. */
export const MAIN_PAGES: readonly Page[] = [
  { to: '/', label: frameTexts.integrations, icon: LayoutGrid, under: ['/integrations'], key: 'i' },
  { to: '/connections', label: frameTexts.connections, icon: Link2, under: ['/connections'], key: 'c' },
  { to: '/projects', label: projectsTexts.title, icon: FolderKanban, under: ['/projects'], key: 'p' },
  { to: '/agents', label: agentsTexts.title, icon: Bot, under: ['/agents'], key: 'b' },
  { to: '/people', label: peopleTexts.title, icon: Users, key: 'o', shownTo: isAdmin },
  {
    to: '/admin/setup',
    label: navTexts.admin,
    icon: Wrench,
    under: [
      '/admin/setup',
      '/admin/secrets',
      '/admin/providers',
      '/admin/health',
      '/admin/audit',
      '/admin/organizations',
    ],
    key: 'a',
    shownTo: isAdmin,
  },
]

/** Below Admin: tabs of its pages, and entries of the menu and the palette. */
const ADMIN: readonly Page[] = [
  { to: '/admin/setup', label: adminTexts.pages.setup, icon: Plug, under: ['/admin/setup'] },
  { to: '/admin/secrets', label: adminTexts.pages.secrets, icon: LockKeyhole },
  { to: '/admin/providers', label: adminTexts.pages.providers, icon: Blocks },
  { to: '/admin/health', label: adminTexts.pages.health, icon: Stethoscope },
  { to: '/admin/audit', label: auditTexts.title, icon: ScrollText },
  { to: '/admin/organizations', label: organizationsTexts.title, icon: Building2 },
]
export const ADMIN_PAGES: readonly Page[] = ADMIN.map((page) => ({ ...page, shownTo: isAdmin }))

/** Reached from the account's menu, the palette and by links. */
export const FURTHER_PAGES: readonly Page[] = [
  { to: '/profile', label: profileTexts.title, icon: CircleUser, key: 'u' },
  { to: '/admin/keys', label: frameTexts.apiKeys, icon: KeyRound, key: 'k' },
  { to: '/help', label: navTexts.help, icon: CircleHelp, key: 'h' },
]

export function pagesFor(me: MeBody, pages: readonly Page[]): Page[] {
  return pages.filter(({ shownTo }) => !shownTo || shownTo(me))
}

export function isOpen({ to, under = [] }: Page, pathname: string): boolean {
  return pathname === to || under.some((path) => pathname === path || pathname.startsWith(`${path}/`))
}
