/** A verdict in words, and the one step that mends it. */
import type { Tool } from '../catalog/define-tools.ts'
import type { Provider } from '../catalog/define.ts'
import type { HeldConnection, PolicyOf } from './choose.ts'
import type { AgentView, Subject, ToolState } from './judge.ts'

/** What mends it, and for whom it does. `ask_admin`: somebody else has to. */
export type Mend =
  | { action: 'connect'; provider: string }
  | { action: 'reconnect' | 'open_connection'; connection: string; provider: string }
  | { action: 'allow_more'; connection: string; provider: string; scopes: string[] }
  | { action: 'turn_on'; holder: 'organization' | 'me'; what: 'agent' | 'tool' }
  | { action: 'ask_admin'; for: 'connect' | 'reconnect' | 'allow_more' | 'turn_on' | 'access' }

export type Explained = { detail: string; mend: Mend | null }

export function explain(
  state: ToolState,
  { tool, agent, subject }: { tool: Tool; agent: string; subject: Subject },
  options: { findProvider: (id: string) => Provider | undefined; policyOf: PolicyOf },
): Explained {
  const isAdmin = subject.role === 'admin'
  const name = (id: string) => options.findProvider(id)?.name ?? id
  switch (state.state) {
    case 'available':
      return { detail: `Uses ${describe(state.connection, name)}.`, mend: null }
    case 'requires_connection': {
      const providers = Object.keys(tool.served_by)
      const own = providers.filter((id) => options.policyOf(id) !== 'organization')
      const [first = providers[0] ?? ''] = isAdmin || subject.person === null ? providers : own
      const names = providers.map(name)
      if (!isAdmin && own.length === 0)
        return {
          detail: `Needs a connection of the organization to ${names.join(' or ')}, which an administrator makes.`,
          mend: { action: 'ask_admin', for: 'connect' },
        }
      return {
        detail: `Needs a connection to ${names.join(' or ')}.`,
        mend: { action: 'connect', provider: first },
      }
    }
    case 'connection_trouble': {
      const { connection } = state
      const place = { connection: connection.id, provider: connection.provider }
      const may = isAdmin || connection.owner_kind === 'person'
      const detail = `${capital(describe(connection, name))} does not work: ${connection.status_detail}`
      if (connection.status !== 'connection_invalid')
        return { detail, mend: { action: 'open_connection', ...place } }
      return {
        detail,
        mend: may ? { action: 'reconnect', ...place } : { action: 'ask_admin', for: 'reconnect' },
      }
    }
    case 'needs_permission': {
      const { connection, missing, byRedirect } = state
      const place = { connection: connection.id, provider: connection.provider }
      const detail = `${capital(describe(connection, name))} lacks ${missing.length === 1 ? 'a permission' : `${missing.length} permissions`} for this: ${missing.join(', ')}.`
      if (!isAdmin && connection.owner_kind === 'organization')
        return { detail, mend: { action: 'ask_admin', for: 'allow_more' } }
      if (byRedirect) return { detail, mend: { action: 'allow_more', scopes: missing, ...place } }
      return {
        detail: `${detail} It was made with a secret that somebody typed: connect with one that has the permission, or by signing in.`,
        mend: { action: 'connect', provider: connection.provider },
      }
    }
    case 'turned_off': {
      const { by, what } = state
      if (by === 'me')
        return {
          detail:
            what === 'agent' ? `You turned ${agent} off for yourself.` : 'You turned this off for yourself.',
          mend: { action: 'turn_on', holder: 'me', what },
        }
      const detail =
        what === 'agent'
          ? `Your organization has turned ${agent} off.`
          : tool.risk === 'destructive'
            ? 'Off for your organization: it cannot be taken back, so an administrator turns it on first.'
            : 'Your organization has turned this off.'
      return {
        detail,
        mend: isAdmin
          ? { action: 'turn_on', holder: 'organization', what }
          : { action: 'ask_admin', for: 'turn_on' },
      }
    }
    case 'no_access':
      return {
        detail: `An access rule of your organization lets ${describeRule(state.rule)} use ${agent}.`,
        mend: { action: 'ask_admin', for: 'access' },
      }
  }
}

function describe(connection: HeldConnection, name: (id: string) => string): string {
  const whose = connection.owner_kind === 'organization' ? 'the organization’s' : 'your'
  return `${whose} connection to ${name(connection.provider)} (${connection.label})`
}

/** Names of people stay with the administrators. */
function describeRule({ roles, people }: { roles: readonly string[]; people: readonly string[] }): string {
  const parts = [
    ...roles.map((role) => (role === 'admin' ? 'administrators' : `${role}s`)),
    ...(people.length > 0 ? ['the people it names'] : []),
  ]
  return `only ${parts.join(' and ')}`
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** The agent's own state: the best that any of its tools has. */
export function stateOfAgent({ tools }: Pick<AgentView, 'tools'>): ToolState {
  const order: ToolState['state'][] = [
    'available',
    'needs_permission',
    'connection_trouble',
    'requires_connection',
    'turned_off',
    'no_access',
  ]
  const found = order.flatMap((state) => tools.find((view) => view.state.state === state)?.state ?? [])[0]
  return found ?? { state: 'requires_connection' }
}
