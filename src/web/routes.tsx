/** The pages and their addresses. Search parameters are what a shared link should bring back. */
import {
  type RouterHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router'
import { Frame } from './frame/frame.tsx'
import { NotFound } from './frame/not-found.tsx'
import { PageError } from './frame/page-error.tsx'
import { IntegrationsPage } from './integrations/integrations-page.tsx'

const root = createRootRoute()
const frame = createRoute({ getParentRoute: () => root, id: 'frame', component: Frame })

export const SHOWN = ['all', 'connected', 'attention', 'open'] as const
export type Shown = (typeof SHOWN)[number]
export type IntegrationsSearch = { q?: string; category?: string; show?: Shown }
/** A change of some parameters; undefined takes one out. */
export type Change<T> = { [K in keyof T]?: T[K] | undefined }

const integrations = createRoute({
  getParentRoute: () => frame,
  path: '/',
  component: IntegrationsPage,
  validateSearch: (search): IntegrationsSearch => ({
    ...text('q', search),
    ...text('category', search),
    ...oneOf('show', search, SHOWN),
  }),
})

export const TABS = ['connections', 'permissions', 'setup'] as const
export type Tab = (typeof TABS)[number]

const integration = createRoute({
  getParentRoute: () => frame,
  path: '/integrations/$id',
  component: lazyRouteComponent(() => import('./integration/integration-page.tsx'), 'IntegrationPage'),
  validateSearch: (search): { tab?: Tab } => oneOf('tab', search, TABS),
})

const connection = createRoute({
  getParentRoute: () => frame,
  path: '/connections/$id',
  component: lazyRouteComponent(() => import('./integration/integration-page.tsx'), 'ConnectionPage'),
  validateSearch: (search): { tab?: Tab } => oneOf('tab', search, TABS),
})

export type ConnectionsSearch = { provider?: string; status?: string; disconnected?: boolean }

const connections = createRoute({
  getParentRoute: () => frame,
  path: '/connections',
  component: lazyRouteComponent(() => import('./connections/connections-page.tsx'), 'ConnectionsPage'),
  validateSearch: (search): ConnectionsSearch => ({
    ...text('provider', search),
    ...text('status', search),
    ...flag('disconnected', search),
  }),
})

const apiKeys = createRoute({
  getParentRoute: () => frame,
  path: '/admin/keys',
  component: lazyRouteComponent(() => import('./keys/keys-page.tsx'), 'KeysPage'),
})

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  component: lazyRouteComponent(() => import('./sign-in/sign-in-page.tsx'), 'SignInPage'),
  validateSearch: (search): { token?: string; left?: boolean } => ({
    ...text('token', search),
    ...flag('left', search),
  }),
})

const missing = createRoute({ getParentRoute: () => frame, path: '$', component: NotFound })

const tree = root.addChildren([
  frame.addChildren([integrations, integration, connection, connections, apiKeys, missing]),
  signIn,
])

export function createDashboardRouter(history?: RouterHistory) {
  return createRouter({
    routeTree: tree,
    ...(history && { history }),
    // Code of a page is fetched when its link is pointed at or focused.
    defaultPreload: 'intent',
    defaultErrorComponent: PageError,
    defaultNotFoundComponent: NotFound,
    scrollRestoration: true,
    defaultHashScrollIntoView: { block: 'start' },
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createDashboardRouter>
  }
}

type Search = Record<string, unknown>

// Search values are read as JSON where they look like it: `?q=365` arrives as a number.
function text<K extends string>(key: K, search: Search): { [P in K]?: string } {
  const value = search[key]
  const words = typeof value === 'number' ? String(value) : value
  return (typeof words === 'string' && words !== '' ? { [key]: words } : {}) as { [P in K]?: string }
}
function oneOf<K extends string, T extends string>(
  key: K,
  search: Search,
  allowed: readonly T[],
): { [P in K]?: T } {
  const value = allowed.find((name) => name === search[key])
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: T }
}
function flag<K extends string>(key: K, search: Search): { [P in K]?: boolean } {
  return (search[key] === true ? { [key]: true } : {}) as { [P in K]?: boolean }
}
