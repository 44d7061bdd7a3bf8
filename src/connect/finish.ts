/** From a grant to a connection: which place, whose account, is it the same as before, and then one transaction. */
import type { Insertable } from 'kysely'
import type { Provider } from '../catalog/define.ts'
import { bracesOf, isJsonObject, readRaw } from '../catalog/fill.ts'
import { baseUrlOf, comesBack, identityOf, isVerified } from '../catalog/methods.ts'
import { mismatches, readTold } from '../catalog/parameters.ts'
import { HubError } from '../errors.ts'
import type { Bus } from '../store/bus.ts'
import type { Database, Db } from '../store/database.ts'
import { newId } from '../store/ids.ts'
import { lock } from '../store/lock.ts'
import type { AttemptStatus, Schema } from '../store/schema.ts'
import { statement } from '../store/statement.ts'
import type { Access } from '../vault/access.ts'
import { grantedScopes } from '../vault/credential.ts'
import { fillingOf } from '../vault/filling.ts'
import { credentialMethod, type Integration, type Integrations } from '../vault/integrations.ts'
import { type NewStatus, recordEvent, setStatus, statusOf, tellChange } from '../vault/status.ts'
import type { Vault } from '../vault/vault.ts'
import {
  type AttemptRow,
  type Decision,
  type Grant,
  holdAttempt,
  moveAttempt,
  sealPending,
  succeedAttempt,
  tellAttempt,
} from './attempt.ts'
import { type Capabilities, type HeldCapability, readVerified } from './capabilities.ts'
import { judgeAccess } from './verified-access.ts'

export type Finisher = {
  /**
   * Finishes, or parks the grant and asks; the attempt's row tells which. `from` is where the attempt stands now.
   * @returns the row as it is now, where this call moved it
   */
  finish(
    row: AttemptRow,
    grant: Grant,
    from: AttemptStatus,
    decided?: string,
  ): Promise<AttemptRow | undefined>
  /** Only calls the provider. @throws HubError `credential_refused` and the like */
  check(row: AttemptRow, grant: Grant): Promise<void>
}

/** Where a grant is stored: a connection that is there, or a new one. */
type Place = { id: string; isNew: boolean; isDefault: boolean }

type NewConnection = Required<Insertable<Schema['connections']>>

type Identified = {
  id: string
  grant: string
  label: string
  email: string | null
  status: NewStatus
  capabilities: HeldCapability[]
}

/** The owner's own connection of the account, and the one that is the default. */
const KNOWN = statement<
  Pick<AttemptRow, 'organization_id' | 'owner_kind' | 'owner_id' | 'provider' | 'mode'> & {
    account_id: string
  }
>()((db, values) => {
  const owned = db
    .selectFrom('connections')
    .select(['id', 'is_default', 'account_id', 'mode'])
    .where('organization_id', '=', values.organization_id)
    .where('owner_kind', '=', values.owner_kind)
    .where('owner_id', '=', values.owner_id)
    .where('provider', '=', values.provider)
    .where('disconnected_at', 'is', null)
  // Each half has an index of its own: an owner may have thousands.
  return owned
    .where('mode', '=', values.mode)
    .where('account_id', '=', values.account_id)
    .unionAll(owned.where('is_default', '=', true))
})

const PERSON = statement<{ id: string }>()((db, { id }) =>
  db.selectFrom('people').select('id').where('id', '=', id),
)

const MEMBER = statement<{ organization: string; person: string }>()((db, { organization, person }) =>
  db
    .selectFrom('memberships')
    .select('role')
    .where('organization_id', '=', organization)
    .where('person_id', '=', person)
    .forShare(),
)

const INSERT = statement<Omit<NewConnection, 'label' | 'disconnected_at'>>()((db, values) =>
  db.insertInto('connections').values({
    organization_id: values.organization_id,
    id: values.id,
    provider: values.provider,
    family: values.family,
    method: values.method,
    mode: values.mode,
    client_id: values.client_id,
    lender_id: values.lender_id,
    owner_kind: values.owner_kind,
    owner_id: values.owner_id,
    account_id: values.account_id,
    grant_id: values.grant_id,
    account_label: values.account_label,
    account_email: values.account_email,
    label: null,
    is_default: values.is_default,
    parameters: values.parameters,
    requested_scopes: values.requested_scopes,
    granted_scopes: values.granted_scopes,
    capabilities: values.capabilities,
    status: values.status,
    status_cause: values.status_cause,
    status_detail: values.status_detail,
    status_since: values.status_since,
    created_at: values.created_at,
    last_verified_at: values.last_verified_at,
    disconnected_at: null,
  }),
)

export function createFinisher(options: {
  database: Database
  bus: Bus
  vault: Vault
  access: Access
  integrations: Integrations
  capabilities: Capabilities
  now: () => number
  /** A grant was stored. */
  onConnected: (row: AttemptRow, connection: { id: string; isNew: boolean }) => void
}): Finisher {
  const { database, bus, vault, access, integrations, capabilities, now, onConnected } = options
  const { db } = database

  /** Asks where the grant reaches and settles it where there is one place or the person named it. */
  async function settleTenant(
    row: AttemptRow,
    integration: Integration,
    grant: Grant,
    decided: string | undefined,
  ): Promise<Decision | undefined> {
    const { tenants, name } = integration.provider
    if (!tenants || row.method !== 'oauth2') return undefined
    if (!grant.tenants) {
      const { verdict, body } = await callUnsaved(row, grant, tenants.request)
      if (verdict !== 'ok' || body === undefined) throw refusal(integration.provider, verdict)
      grant.tenants = tenants.read(body)
      if (grant.tenants.length === 0 && tenants.otherwise) {
        const { body: other } = await callUnsaved(row, grant, tenants.otherwise.request)
        if (other !== undefined) grant.tenants = tenants.otherwise.read(other)
      }
    }
    if (grant.tenants.length === 0) {
      throw new HubError(
        'credential_refused',
        `${name} granted access to nothing: the account has no site that this app may reach.`,
      )
    }
    const named = grant.parameters[tenants.matches]
    const chosen =
      (decided === undefined ? undefined : grant.tenants[Number(decided)]) ??
      (named ? grant.tenants.find((tenant) => tenant.parameters[tenants.matches] === named) : undefined) ??
      (grant.tenants.length === 1 && !named ? grant.tenants[0] : undefined)
    if (chosen) {
      Object.assign(grant.parameters, chosen.parameters)
      if (chosen.scopes) grant.scopes = chosen.scopes
      return undefined
    }
    return {
      kind: 'choose_tenant',
      question: named
        ? `${named} is not among the places this account reaches. Which one do you want?`
        : `This ${name} account reaches several places. Which one do you want to connect?`,
      options: grant.tenants.map((tenant, index) => ({
        value: String(index),
        label: tenant.label,
        hint: tenant.url ?? null,
      })),
    }
  }

  const callUnsaved = (row: AttemptRow, grant: Grant, request: Provider['verify'], anonymous = false) =>
    access.call(
      {
        organization: row.organization_id,
        provider: row.provider,
        mode: row.mode,
        method: row.method,
        parameters: grant.parameters,
        credential: grant.credential,
      },
      request,
      { anonymous },
    )

  /** Calls the provider: a connection is verified, not assumed. */
  async function identify(row: AttemptRow, integration: Integration, grant: Grant): Promise<Identified> {
    const { provider } = integration
    const method = credentialMethod(provider, row.method)
    const identity = identityOf(provider, method)
    const answered = await callUnsaved(row, grant, identity.verify)
    const { verdict, body } = answered
    const status = isVerified(method)
      ? await judgeAccess(provider, method, answered, (request) => callUnsaved(row, grant, request, true))
      : verdict === 'ok' || verdict === 'forbidden' || verdict === 'not_available'
        ? statusOf(provider, verdict)
        : undefined
    if (!status) throw refusal(provider, verdict)
    const account = identity.account({
      token: grant.token,
      body: isJsonObject(body) ? body : {},
      parameters: fillingOf(integration, grant.parameters),
      answer: readRaw(answered.answer),
    })
    if (account.parameters) {
      const told = readTold(provider, account.parameters)
      refuseMisshapen(provider, told.wrong)
      Object.assign(grant.parameters, told.values)
    }
    if (account.scopes) grant.scopes = account.scopes
    const filling = fillingOf(integration, grant.parameters)
    const unknown = bracesOf(baseUrlOf(provider, method)).filter((name) => filling[name] === undefined)
    if (unknown.length > 0)
      throw new HubError(
        'upstream_invalid_answer',
        `${provider.name} did not tell "${unknown.join('", "')}", without which it cannot be called.`,
      )
    // Without permission to ask who it is, the connection is its own account.
    const id = account.id || `unnamed ${row.id}`
    return {
      id,
      grant: account.grant ?? id,
      label: account.label || `${provider.name} account`,
      email: account.email ?? null,
      status,
      capabilities: readVerified(provider, { status: answered.answer.status, body }),
    }
  }

  const finish: Finisher['finish'] = async (row, grant, from, decided) => {
    const integration = integrations.resolve(row.provider, row.mode)
    const tenantDecision = await settleTenant(row, integration, grant, decided)
    if (tenantDecision) return park(row, grant, from, tenantDecision)
    refuseMisshapen(integration.provider, mismatches(integration.provider, grant.parameters))
    const account = await identify(row, integration, grant)
    const answer = decided !== undefined && ['replace', 'separate'].includes(decided) ? decided : undefined
    const before = row.connection_id ? await findConnection(row, row.connection_id) : undefined
    if (before && before.account_id !== account.id && !before.account_id.startsWith('unnamed ') && !answer) {
      return park(row, grant, from, {
        kind: 'different_account',
        question: `This connection belongs to ${before.account_label}. You signed in as ${account.label}.`,
        options: [
          { value: 'separate', label: `Keep both: connect ${account.label} beside it`, hint: null },
          {
            value: 'replace',
            label: `Replace: the connection now uses ${account.label}`,
            hint: 'Everything that uses the connection then acts as the other account.',
          },
        ],
      })
    }
    let stored: { id: string; isNew: boolean } | undefined
    const moved = await bus.transaction(db, async (trx, commitBehind) => {
      const keep = answer === 'separate' ? undefined : before?.id
      const [{ id, isDefault, isNew }] = await Promise.all([
        findPlace(trx, row, account, keep),
        requireStanding(trx, row),
        holdAttempt(trx, row, from),
      ])
      stored = { id, isNew }
      const storing = Promise.all([
        succeedAttempt(trx, vault, now(), row, id),
        store(trx, row, integration, grant, account, { id, isDefault, isNew }),
        tellAttempt(trx, bus, row),
      ])
      // A connection that was there is changed step by step; a new one is written in one go.
      const [moved] = await (isNew ? commitBehind(storing) : storing)
      return moved
    })
    if (moved && stored) onConnected(row, stored)
    if (moved?.connection_id)
      capabilities.askLater(
        { organization: row.organization_id, id: moved.connection_id },
        integration.provider,
        'all',
      )
    return moved
  }

  function park(row: AttemptRow, grant: Grant, from: AttemptStatus, decision: Decision) {
    return moveAttempt(db, bus, row, from, {
      status: 'decision_required',
      decision: JSON.stringify(decision),
      ...sealPending(vault, row, { step: 'grant', grant }),
    })
  }

  function findConnection(row: AttemptRow, id: string) {
    return db
      .selectFrom('connections')
      .selectAll()
      .where('organization_id', '=', row.organization_id)
      .where('id', '=', id)
      .where('disconnected_at', 'is', null)
      .executeTakeFirst()
  }

  /**
   * Whoever began for themself is a member still, and whoever began for the organization administers it. Held until the
   * connection is stored: whoever is removed or demoted meanwhile waits, and then finds it.
   */
  async function requireStanding(trx: Db, row: AttemptRow): Promise<void> {
    if (row.owner_kind === 'end_user' || row.person_id === null) return
    const organization = row.organization_id
    const ofPerson = row.owner_kind === 'person'
    const [member, person] = await Promise.all([
      MEMBER.first(trx, { organization, person: ofPerson ? row.owner_id : row.person_id }),
      ofPerson ? undefined : PERSON.first(trx, { id: row.person_id }),
    ])
    if (ofPerson && !member)
      throw new HubError('attempt_over', 'Whoever began this is no longer a member of the organization.')
    // The organization's own keys are nobody: their revocation is theirs to answer for.
    if (!ofPerson && person && member?.role !== 'admin')
      throw new HubError('attempt_over', 'Whoever began this no longer administers the organization.')
  }

  /** Two flows of one owner that end together must agree on the default, and on which account is known. */
  async function findPlace(
    trx: Db,
    row: AttemptRow,
    account: Identified,
    keep: string | undefined,
  ): Promise<Place> {
    const place = `connect ${row.organization_id} ${row.owner_id} ${row.provider}`
    const [, known] = await Promise.all([
      lock(trx, place),
      KNOWN.all(trx, { ...row, account_id: account.id }),
    ])
    // The account's own connection comes first: replacing must not make a second one of the same account.
    const same =
      known.find(({ account_id, mode }) => account_id === account.id && mode === row.mode)?.id ?? keep
    return {
      id: same ?? newId('con', now()),
      isNew: same === undefined,
      isDefault: !known.some(({ is_default }) => is_default),
    }
  }

  async function store(
    trx: Db,
    row: AttemptRow,
    { provider, client }: Integration,
    grant: Grant,
    account: Identified,
    { id, isDefault, isNew }: Place,
  ): Promise<void> {
    const at = new Date(now())
    const told = grantedScopes(grant.credential)
    // RFC 6749 section 5.1: no scope in the answer means that all of what was asked for is granted.
    const granted = [...(grant.scopes ?? (told.length > 0 ? told : row.requested_scopes))]
    const values = {
      method: row.method,
      mode: row.mode,
      client_id: comesBack(row.method) ? (client?.client_id ?? null) : null,
      lender_id: grant.credential.kind === 'borrowed' ? grant.credential.connection : null,
      account_id: account.id,
      grant_id: account.grant,
      account_label: account.label,
      account_email: account.email,
      parameters: JSON.stringify(grant.parameters),
      requested_scopes: row.requested_scopes,
      granted_scopes: granted,
      capabilities: JSON.stringify(account.capabilities),
      last_verified_at: at,
    }
    const connection = { organization: row.organization_id, id }
    // Begun in this order and awaited together: the credential refers to the connection.
    const stored = isNew
      ? INSERT.all(trx, {
          ...values,
          organization_id: row.organization_id,
          id,
          provider: row.provider,
          family: provider.family,
          owner_kind: row.owner_kind,
          owner_id: row.owner_id,
          is_default: isDefault,
          status: account.status.status,
          status_cause: account.status.cause,
          status_detail: account.status.detail,
          status_since: at,
          created_at: at,
        })
      : trx
          .updateTable('connections')
          .set(values)
          .where('organization_id', '=', row.organization_id)
          .where('id', '=', id)
          .where('disconnected_at', 'is', null)
          .executeTakeFirst()
          .then(({ numUpdatedRows }) => {
            // Disconnected while its place was looked for: its credential was destroyed, and no other takes its place.
            if (numUpdatedRows === 0n)
              throw new HubError('attempt_over', 'The connection was disconnected meanwhile. Connect anew.')
          })
    await Promise.all([
      stored,
      isNew
        ? vault.putFirst(trx, connection, grant.credential, now())
        : vault.put(trx, connection, grant.credential, now()),
      recordEvent(trx, now(), {
        connection,
        kind: isNew ? 'connected' : 'reconnected',
        title: `${isNew ? 'Connected' : 'Reconnected'} as ${account.label}.`,
        actor: row.person_id ?? row.owner_id,
        detail: {
          account: account.label,
          method: row.method,
          granted_scopes: granted,
          missing_scopes: row.requested_scopes.filter((scope) => !granted.includes(scope)),
        },
      }),
      tellChange(trx, bus, connection, row),
    ])
    if (!isNew) await setStatus(trx, bus, now(), connection, account.status)
  }

  return {
    finish,
    async check(row, grant) {
      await identify(row, integrations.resolve(row.provider, row.mode), grant)
    },
  }
}

/** What a provider tells is checked like what a person types: nothing else reaches a URL. */
function refuseMisshapen(provider: Provider, wrong: readonly string[]): void {
  if (wrong.length === 0) return
  throw new HubError(
    'upstream_invalid_answer',
    `${provider.name} told a value for "${wrong.join('", "')}" that does not have the expected form.`,
  )
}

function refusal({ name }: Provider, verdict: string): HubError {
  if (verdict === 'unauthorized')
    return new HubError(
      'credential_refused',
      `${name} refuses this credential. Check that it was copied whole and is still valid.`,
    )
  if (verdict === 'forbidden')
    return new HubError(
      'credential_refused',
      `${name} accepts the credential, but it lacks the permission to be used here.`,
    )
  if (verdict === 'rate_limited')
    return new HubError('upstream_rate_limited', `${name} asks to wait. Try again in a minute.`)
  return new HubError(
    'upstream_error',
    `${name} answered with an error while the account was checked. Try again in a minute.`,
  )
}
