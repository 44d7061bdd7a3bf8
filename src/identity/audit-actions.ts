/**
 * What the audit log says of each action, in one sentence for people. An action that is not here is not recorded by
 * this version: the type of an entry comes from this table, so that nothing is ever shown raw.
 */

/** What a sentence may name: whatever was recorded with the entry. */
type Said = (told: { detail: Readonly<Record<string, unknown>>; target: string }) => string

const text = (value: unknown, otherwise = 'something') =>
  typeof value === 'string' && value !== '' ? value : otherwise
const times = (value: unknown) => (typeof value === 'number' && value > 1 ? `, ${value} times` : '')
const list = (value: unknown) => (Array.isArray(value) && value.length > 0 ? value.join(', ') : 'nothing')
const POLICY_WORDS: Readonly<Record<string, string>> = {
  personal: 'everybody connects their own',
  organization: 'one shared connection of the organization',
  own_first: 'one’s own first, else the organization’s',
}

export const AUDIT_ACTIONS = {
  'session.created': () => 'Signed in.',
  'session.ended': ({ detail }) =>
    detail['session'] === undefined ? 'Signed out.' : 'Ended one of their sessions.',
  'session.ended_everywhere': () => 'Signed out everywhere.',
  'session.refused': () => 'A sign-in was refused.',
  'session.reauthenticated': () => 'Proved once more who they are.',
  'sign_in_link.created': () => 'Made a sign-in link for a member.',
  'password.set': () => 'Set their password.',
  'password.removed': () => 'Removed their password.',
  'password.reset': () => 'Set a new password by a link that was mailed.',
  'email.change_asked': () => 'Asked to change their e-mail address.',
  'email.changed': () => 'Changed their e-mail address.',
  'profile.renamed': () => 'Changed their name.',
  'passkey.added': () => 'Added a passkey.',
  'passkey.removed': () => 'Removed a passkey.',
  'single_sign_on.linked': () => 'Linked their account at the identity provider.',
  'single_sign_on.unlinked': () => 'Unlinked their account at the identity provider.',
  'member.role_changed': ({ detail }) => `Changed a member’s role to ${text(detail['role'])}.`,
  'member.removed': () => 'Removed a member from the organization.',
  'invitation.created': ({ detail }) =>
    `Invited ${text(detail['email'], 'somebody')} as ${text(detail['role'], 'member')}.`,
  'invitation.resent': ({ detail }) => `Sent the invitation of ${text(detail['email'], 'somebody')} again.`,
  'invitation.revoked': () => 'Withdrew an invitation.',
  'invitation.accepted': () => 'Accepted an invitation.',
  'organization.created': () => 'Made an organization.',
  'organization.changed': () => 'Changed the organization’s settings.',
  'api_key.created': ({ detail }) =>
    `Made the API key “${text(detail['name'], 'unnamed')}”, which acts as ${detail['acts_as'] === 'me' ? 'its maker' : 'the organization'} and may: ${list(detail['scopes'])}.`,
  'api_key.revoked': () => 'Revoked an API key.',
  'connect_session.created': () => 'Made a connect link for an end user.',
  'connect_session.completed': () => 'Completed a connect link’s flow.',
  'connect.refused': ({ detail }) =>
    `A flow was refused before anything was exchanged. ${text(detail['reason'], '')}`.trim(),
  'connect.decided': () => 'Answered the question of a connect flow.',
  'connect.cancelled': () => 'Gave a connect flow up.',
  'connection.connect_started': ({ target }) => `Began to connect ${target}.`,
  'connection.reconnect_started': () => 'Began to reconnect.',
  'connection.connected': () => 'Connected an account.',
  'connection.reconnected': () => 'Connected the account anew.',
  'connection.permissions_asked': () => 'Asked for more permission.',
  'connection.changed': ({ detail }) => `Changed ${list(detail['changed'])} of a connection.`,
  'connection.verified': () => 'Had a connection verified at the provider.',
  'connection.disconnected': ({ detail }) =>
    detail['forced'] === true ? 'Disconnected by force, without asking the provider.' : 'Disconnected.',
  'connection.ended': ({ detail }) =>
    `Ended somebody’s connection${detail['forced'] === true ? ' by force' : ''}. Reason: ${text(detail['reason'], 'none')}`,
  'connection.erased': () => 'Erased a connection, because its person asked the provider for deletion.',
  'token.read': ({ detail }) => `Read an access token${times(detail['times'])}.`,
  'proxy.call': ({ detail }) => `Called the provider through the proxy${times(detail['times'])}.`,
  'policy.set': ({ detail, target }) =>
    `Set the policy for ${target}: ${POLICY_WORDS[text(detail['policy'])] ?? text(detail['policy'])}.`,
  'installation.assigned': ({ target }) => `Assigned the installed app ${target} to an organization.`,
  'installation.ignored': ({ target }) => `Set the installed app ${target} aside.`,
  'installation.noticed': ({ target }) => `Took the installed app ${target} up again.`,
  'secrets.set': ({ detail }) => `Set secrets: ${list(detail['names'])}.`,
  'secrets.unset': ({ detail }) => `Removed secrets: ${list(detail['names'])}.`,
  'integration.changed': ({ target }) => `Changed the settings of ${target}.`,
  'integration.checked': ({ target }) => `Had the OAuth client of ${target} checked.`,
  'provider.declared': ({ target }) => `Declared the provider ${target}.`,
  'provider.changed': ({ target }) => `Changed the declared provider ${target}.`,
  'provider.removed': ({ target }) => `Removed the declared provider ${target}.`,
  'agent.switched': ({ target }) => `Turned tools of ${target} on or off.`,
  'agent.access_changed': ({ target }) => `Changed who may use ${target}.`,
  'project.created': ({ detail }) => `Made the project “${text(detail['name'], 'unnamed')}”.`,
  'project.updated': ({ detail }) => `Changed ${list(detail['changed'])} of a project.`,
  'project.deleted': ({ detail }) => `Deleted the project “${text(detail['name'], 'unnamed')}”.`,
  'project.member_set': ({ detail }) => `Made somebody ${text(detail['role'], 'a member')} of a project.`,
  'project.member_removed': () => 'Took somebody out of a project.',
  'project.resource_checked': () => 'Checked whether a resource can be read.',
  'project.resources_selected': () => 'Selected resources of a project.',
  'project.resources_deselected': () => 'Took resources off a project’s selection.',
  'project.sync_settings_changed': () => 'Changed when a project is synced.',
  'audit.exported': ({ detail }) => `Exported the audit log as ${text(detail['format']).toUpperCase()}.`,
  'audit.verified': () => 'Had the audit log’s chain checked from its beginning.',
} as const satisfies Record<string, Said>

export type AuditAction = keyof typeof AUDIT_ACTIONS

/** An action of a newer or an older version says its name: a log outlives the version that wrote it. */
export function sayAction(action: string, target: string, detail: Readonly<Record<string, unknown>>): string {
  const said: Said | undefined = Object.hasOwn(AUDIT_ACTIONS, action)
    ? AUDIT_ACTIONS[action as AuditAction]
    : undefined
  if (said) return said({ detail, target })
  const words = action.replaceAll(/[._]/g, ' ')
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`
}
