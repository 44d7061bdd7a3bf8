/** The pages and their addresses. */
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
import {
  type ConnectionsSearch,
  flag,
  type IntegrationsSearch,
  oneOf,
  type SetupSearch,
  SHOWN,
  STATES,
  type Tab,
  TABS,
  text,
} from './search-params.ts'

const root = createRootRoute()
const frame = createRoute({ getParentRoute: () => root, id: 'frame', component: Frame })

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

const setup = createRoute({
  getParentRoute: () => frame,
  path: '/admin/setup',
  component: lazyRouteComponent(() => import('./admin/setup-page.tsx'), 'SetupPage'),
  validateSearch: (search): SetupSearch => ({ ...text('q', search), ...oneOf('state', search, STATES) }),
})
const wizard = createRoute({
  getParentRoute: () => frame,
  path: '/admin/setup/$id',
  component: lazyRouteComponent(() => import('./admin/wizard-page.tsx'), 'WizardPage'),
})
const secrets = createRoute({
  getParentRoute: () => frame,
  path: '/admin/secrets',
  component: lazyRouteComponent(() => import('./admin/secrets-page.tsx'), 'SecretsPage'),
})
const health = createRoute({
  getParentRoute: () => frame,
  path: '/admin/health',
  component: lazyRouteComponent(() => import('./admin/health-page.tsx'), 'HealthPage'),
})
const declare = createRoute({
  getParentRoute: () => frame,
  path: '/admin/providers',
  component: lazyRouteComponent(() => import('./admin/declare-page.tsx'), 'DeclarePage'),
  validateSearch: (search): { id?: string } => text('id', search),
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
  frame.addChildren([
    integrations,
    integration,
    connection,
    connections,
    apiKeys,
    setup,
    wizard,
    secrets,
    health,
    declare,
    missing,
  ]),
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
