/** One file a resource; the path is the URL. */
import type { Cookies } from './auth.ts'
import type { HttpContext } from './context.ts'
import { agentRoutes } from './routes/agents.ts'
import { apiKeyRoutes } from './routes/api-keys.ts'
import { auditRoutes } from './routes/audit.ts'
import { callbackRoutes } from './routes/callbacks.ts'
import { connectRoutes } from './routes/connect.ts'
import { connectLinkRoutes } from './routes/connect-links.ts'
import { connectSessionRoutes } from './routes/connect-sessions.ts'
import { connectionRoutes } from './routes/connections.ts'
import { declaredProviderRoutes } from './routes/declared.ts'
import { doctorRoutes } from './routes/doctor.ts'
import { healthRoutes } from './routes/health.ts'
import { installationRoutes } from './routes/installations.ts'
import { integrationRoutes } from './routes/integrations.ts'
import { legalRoutes } from './routes/legal.ts'
import { liveRoutes } from './routes/live.ts'
import { metaRoutes } from './routes/meta.ts'
import { pageRoutes } from './routes/pages.ts'
import { invitationRoutes } from './routes/invitations.ts'
import { organizationRoutes } from './routes/organizations.ts'
import { peopleRoutes } from './routes/people.ts'
import { platformRoutes } from './routes/platform.ts'
import { profileRoutes } from './routes/profile.ts'
import { policyRoutes } from './routes/policies.ts'
import { projectRoutes } from './routes/projects.ts'
import { providerRoutes } from './routes/providers.ts'
import { proxyRoutes } from './routes/proxy.ts'
import { secretRoutes } from './routes/secrets.ts'
import { sessionRoutes } from './routes/sessions.ts'
import { singleSignOnRoutes } from './routes/single-sign-on.ts'
import type { ZodApp } from './server.ts'

export async function registerRoutes(app: ZodApp, context: HttpContext, cookies: Cookies): Promise<void> {
  healthRoutes(app, context)
  sessionRoutes(app, context, cookies)
  singleSignOnRoutes(app, context, cookies)
  profileRoutes(app, context, cookies)
  peopleRoutes(app, context)
  invitationRoutes(app, context, cookies)
  organizationRoutes(app, context)
  apiKeyRoutes(app, context)
  providerRoutes(app, context)
  declaredProviderRoutes(app, context)
  secretRoutes(app, context)
  doctorRoutes(app, context)
  integrationRoutes(app, context)
  connectRoutes(app, context)
  connectSessionRoutes(app, context)
  connectLinkRoutes(app, context, cookies)
  callbackRoutes(app, context, cookies)
  platformRoutes(app, context)
  connectionRoutes(app, context)
  agentRoutes(app, context)
  projectRoutes(app, context)
  policyRoutes(app, context)
  installationRoutes(app, context)
  auditRoutes(app, context)
  liveRoutes(app, context)
  legalRoutes(app, context)
  await app.register(async (scope) => metaRoutes(scope as ZodApp, context))
  await app.register(async (scope) => proxyRoutes(scope as ZodApp, context))
  await pageRoutes(app, context)
}
