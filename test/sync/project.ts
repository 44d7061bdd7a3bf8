/** A hub with projects: an administrator, the organization's connections, and the people around them. */
import { expect } from 'vitest'
import { providers } from '../../src/catalog/registry.ts'
import { authorize } from '../contract/flow.ts'
import { type Browser, startTestHub, type TestHub, type TestHubOptions } from '../setup/testHub.ts'

export type ProjectStage = {
  t: TestHub
  admin: Browser
  /** Connects a provider for the organization; by its first method unless another is named. */
  connect(provider: string, method?: string): Promise<string>
  /** A project of the administrator's. */
  project(name?: string): Promise<string>
  /** A person of the organization who administers nothing. */
  member(email: string): Promise<{ browser: Browser; id: string }>
  /** Everything of a kind, once it is read. */
  // oxlint-disable-next-line typescript/no-explicit-any
  all(project: string, connection: string, kind: string, query?: string): Promise<any[]>
  // oxlint-disable-next-line typescript/no-explicit-any
  page(project: string, connection: string, kind: string, query?: string): Promise<any>
  select(project: string, connection: string, kind: string, resources: string[]): ReturnType<Browser['send']>
  close(): Promise<void>
}

export async function openProjectStage(options: TestHubOptions = {}): Promise<ProjectStage> {
  const t = await startTestHub({ ...options, env: { TRUNKLINE_TRUSTED_HOPS: '1', ...options.env } })
  const admin = await t.browser('ada@example.com')
  const page: ProjectStage['page'] = async (project, connection, kind, query = '') => {
    const { status, body } = await admin.get(
      `/api/v1/projects/${project}/connections/${connection}/resources?kind=${kind}${query}`,
    )
    expect(status, JSON.stringify(body)).toBe(200)
    return body
  }
  return {
    t,
    admin,
    page,
    async connect(id, kind) {
      const provider = providers.find((one) => one.id === id)
      const method = provider?.auth.find((one) => one.kind === kind) ?? provider?.auth[0]
      if (!provider || !method) throw new Error(`the catalog has no "${id}"`)
      const attempt = await authorize(t, admin, provider, method, '/api/v1/connect/attempts', {
        provider: id,
        method: method.kind,
        owner: 'organization',
      })
      expect(attempt, JSON.stringify(attempt)).toMatchObject({ status: 'succeeded' })
      return attempt.connection_id
    },
    async project(name = 'Checkout') {
      const { status, body } = await admin.send('POST', '/api/v1/projects', { name })
      expect(status, JSON.stringify(body)).toBe(201)
      return body.id
    },
    async member(email) {
      const browser = await t.browser(email)
      const { body } = await browser.get('/api/v1/me')
      await t.hub.database.pool.query(`update memberships set role = 'member' where person_id = $1`, [
        body.id,
      ])
      return { browser, id: body.id }
    },
    async all(project, connection, kind, query = '') {
      await page(project, connection, kind)
      await t.hub.sync.settled()
      const found = []
      for (let cursor: string | null = ''; cursor !== null; ) {
        const body: { data: unknown[]; next_cursor: string | null } = await page(
          project,
          connection,
          kind,
          `&limit=200${query}${cursor ? `&cursor=${cursor}` : ''}`,
        )
        found.push(...body.data)
        cursor = body.next_cursor
      }
      return found
    },
    select: (project, connection, kind, resources) =>
      admin.send('POST', `/api/v1/projects/${project}/selections`, { connection, kind, resources }),
    close: () => t.close(),
  }
}
