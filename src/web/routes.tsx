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
  AGENT_STATES,
  AUDIT_FILTERS,
  type AuditSearch,
  CONNECTIONS_OF,
  type AgentsSearch,
  type ConnectionsSearch,
  flag,
  type IntegrationsSearch,
  oneOf,
  RISKS,
  PROJECT_TABS,
  type ProjectSearch,
  type SetupSearch,
  SHOWN,
  STATES,
  type Tab,
  TABS,
  text,
  WHOSE,
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
    ...oneOf('whose', search, WHOSE),
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

const agents = createRoute({
  getParentRoute: () => frame,
  path: '/agents',
  component: lazyRouteComponent(() => import('./agents/agents-page.tsx'), 'AgentsPage'),
  validateSearch: (search): AgentsSearch => ({
    ...text('q', search),
    ...oneOf('state', search, AGENT_STATES),
    ...oneOf('risk', search, RISKS),
  }),
})
const agent = createRoute({
  getParentRoute: () => frame,
  path: '/agents/$id',
  component: lazyRouteComponent(() => import('./agents/agent-page.tsx'), 'AgentPage'),
})

const connections = createRoute({
  getParentRoute: () => frame,
  path: '/connections',
  component: lazyRouteComponent(() => import('./connections/connections-page.tsx'), 'ConnectionsPage'),
  validateSearch: (search): ConnectionsSearch => ({
    ...text('provider', search),
    ...text('status', search),
    ...flag('disconnected', search),
    ...oneOf('whose', search, CONNECTIONS_OF),
  }),
})

const projects = createRoute({
  getParentRoute: () => frame,
  path: '/projects',
  component: lazyRouteComponent(() => import('./projects/projects-page.tsx'), 'ProjectsPage'),
  validateSearch: (search): { q?: string } => text('q', search),
})
const project = createRoute({
  getParentRoute: () => frame,
  path: '/projects/$id',
  component: lazyRouteComponent(() => import('./projects/project-page.tsx'), 'ProjectPage'),
  validateSearch: (search): ProjectSearch => ({
    ...oneOf('tab', search, PROJECT_TABS),
    ...text('source', search),
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
const audit = createRoute({
  getParentRoute: () => frame,
  path: '/admin/audit',
  component: lazyRouteComponent(() => import('./admin/audit-page.tsx'), 'AuditPage'),
  validateSearch: (search): AuditSearch =>
    Object.assign({}, ...AUDIT_FILTERS.map((name) => text(name, search))),
})
const declare = createRoute({
  getParentRoute: () => frame,
  path: '/admin/providers',
  component: lazyRouteComponent(() => import('./admin/declare-page.tsx'), 'DeclarePage'),
  validateSearch: (search): { id?: string } => text('id', search),
})

const help = createRoute({
  getParentRoute: () => frame,
  path: '/help',
  component: lazyRouteComponent(() => import('./help/help-page.tsx'), 'HelpPage'),
})

const people = createRoute({
  getParentRoute: () => frame,
  path: '/people',
  component: lazyRouteComponent(() => import('./people/people-page.tsx'), 'PeoplePage'),
  validateSearch: (search): { q?: string } => text('q', search),
})
const profile = createRoute({
  getParentRoute: () => frame,
  path: '/profile',
  component: lazyRouteComponent(() => import('./profile/profile-page.tsx'), 'ProfilePage'),
  validateSearch: (search): { problem?: string } => text('problem', search),
})
const organizations = createRoute({
  getParentRoute: () => frame,
  path: '/admin/organizations',
  component: lazyRouteComponent(() => import('./admin/organizations-page.tsx'), 'OrganizationsPage'),
})

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  component: lazyRouteComponent(() => import('./sign-in/sign-in-page.tsx'), 'SignInPage'),
  validateSearch: (search): { left?: boolean; problem?: string } => ({
    ...flag('left', search),
    ...text('problem', search),
  }),
})
const resetPassword = createRoute({
  getParentRoute: () => root,
  path: '/reset-password',
  component: lazyRouteComponent(() => import('./sign-in/reset-page.tsx'), 'ResetPage'),
})
const invitation = createRoute({
  getParentRoute: () => root,
  path: '/invitation',
  component: lazyRouteComponent(() => import('./sign-in/invitation-page.tsx'), 'InvitationPage'),
})
const confirmEmail = createRoute({
  getParentRoute: () => root,
  path: '/confirm-email',
  component: lazyRouteComponent(() => import('./sign-in/confirm-email-page.tsx'), 'ConfirmEmailPage'),
})

const missing = createRoute({ getParentRoute: () => frame, path: '$', component: NotFound })

const tree = root.addChildren([
  frame.addChildren([
    integrations,
    integration,
    connection,
    connections,
    agents,
    agent,
    projects,
    project,
    apiKeys,
    setup,
    wizard,
    secrets,
    health,
    declare,
    audit,
    people,
    profile,
    organizations,
    help,
    missing,
  ]),
  signIn,
  resetPassword,
  invitation,
  confirmEmail,
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
