/**
 * Passkeys (WebAuthn Level 3): discoverable credentials with user verification. The relying party is the host of the
 * public URL and nothing else; an address of numbers is none.
 */
import { isIP } from 'node:net'
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type AuthenticationResponseJSON,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import { HubError } from '../errors.ts'
import type { Db } from '../store/database.ts'
import { newId } from '../store/ids.ts'
import { challengeOver, type Challenges } from './challenges.ts'

const CHALLENGE_MS = 5 * 60_000
/** COSE's numbers of EdDSA, ES256 and RS256: what authenticators have and Node verifies without an experiment. */
const ALGORITHMS = [-8, -7, -257]
/** More is a mistake, or somebody filling the table. */
const MOST = 20

export type PasskeyRow = {
  id: string
  name: string
  backed_up: boolean
  created_at: Date
  last_used_at: Date | null
}

/** For whom a passkey is being made: a person who is signed in, or one who is about to come in. */
export type Registrant = { person: string; email: string; name: string }

/** What was proved, before it is stored. */
export type NewPasskey = {
  person: string
  credentialId: string
  publicKey: Buffer
  counter: number
  transports: string[]
  backedUp: boolean
}

export type Passkeys = {
  /** Why passkeys cannot be had under this public URL; undefined: they can. */
  readonly hindrance: string | undefined
  beginRegistration(who: Registrant, binding: string): Promise<PublicKeyCredentialCreationOptionsJSON>
  /** @throws HubError `sign_in_refused` where the answer does not prove a new passkey */
  proveRegistration(response: RegistrationResponseJSON, binding: string): Promise<NewPasskey>
  store(db: Db, passkey: NewPasskey, name: string): Promise<PasskeyRow>
  beginSignIn(): Promise<PublicKeyCredentialRequestOptionsJSON>
  /** @returns whose passkey it is. @throws HubError `sign_in_refused` */
  signIn(response: AuthenticationResponseJSON): Promise<{ person: string; passkey: string }>
  list(person: string): Promise<PasskeyRow[]>
  /** @throws HubError `not_found` */
  rename(person: string, id: string, name: string): Promise<PasskeyRow>
  /** @throws HubError `not_found` */
  remove(person: string, id: string): Promise<void>
}

export function createPasskeys(options: {
  db: Db
  challenges: Challenges
  publicUrl: string
  now: () => number
}): Passkeys {
  const { db, challenges, publicUrl, now } = options
  const { hostname } = new URL(publicUrl)
  const isAddress = isIP(hostname.replace(/^\[|\]$/g, '')) !== 0
  const hindrance = isAddress ? explainAddress(publicUrl) : undefined

  function refuseHere(): void {
    if (hindrance) throw new HubError('unavailable', hindrance)
  }

  const refusal = (cause?: unknown) =>
    new HubError('sign_in_refused', 'This passkey does not sign anybody in here.', { cause })

  const columns = ['id', 'name', 'backed_up', 'created_at', 'last_used_at'] as const

  return {
    hindrance,

    async beginRegistration(who, binding) {
      refuseHere()
      const known = await db
        .selectFrom('passkeys')
        .select(['credential_id', 'transports'])
        .where('person_id', '=', who.person)
        .execute()
      if (known.length >= MOST)
        throw new HubError('conflict', `You have ${MOST} passkeys. Remove one that you no longer use.`)
      const challenge = await challenges.issue('passkey_registration', {
        payload: { person: who.person },
        binding,
        ms: CHALLENGE_MS,
      })
      return generateRegistrationOptions({
        rpName: 'Trunkline',
        rpID: hostname,
        userName: who.email,
        userDisplayName: who.name,
        userID: new Uint8Array(Buffer.from(who.person)),
        challenge: new Uint8Array(Buffer.from(challenge, 'base64url')),
        timeout: CHALLENGE_MS,
        attestationType: 'none',
        supportedAlgorithmIDs: ALGORITHMS,
        excludeCredentials: known.map(({ credential_id, transports }) => ({ id: credential_id, transports })),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      })
    },

    async proveRegistration(response, binding) {
      refuseHere()
      let taken: { person: string } | undefined
      const outcome = await verifyRegistrationResponse({
        response,
        expectedChallenge: async (challenge) => {
          taken = await challenges.take<{ person: string }>('passkey_registration', challenge, binding)
          return taken !== undefined
        },
        expectedOrigin: publicUrl,
        expectedRPID: hostname,
        requireUserVerification: true,
        supportedAlgorithmIDs: ALGORITHMS,
      }).catch((error: unknown) => {
        throw taken ? refusal(error) : challengeOver()
      })
      if (!outcome.verified || !taken) throw refusal()
      const { credential, credentialBackedUp } = outcome.registrationInfo
      return {
        person: taken.person,
        credentialId: credential.id,
        publicKey: Buffer.from(credential.publicKey),
        counter: credential.counter,
        transports: (credential.transports ?? []).filter((name) => /^[a-z-]{1,20}$/.test(name)),
        backedUp: credentialBackedUp,
      }
    },

    async store(on, passkey, name) {
      const row = await on
        .insertInto('passkeys')
        .values({
          id: newId('pk', now()),
          person_id: passkey.person,
          credential_id: passkey.credentialId,
          public_key: passkey.publicKey,
          counter: passkey.counter,
          transports: passkey.transports,
          name,
          backed_up: passkey.backedUp,
          created_at: new Date(now()),
        })
        .onConflict((conflict) => conflict.column('credential_id').doNothing())
        .returning(columns)
        .executeTakeFirst()
      // WebAuthn section 7.1: a credential is registered for one account only.
      if (!row) throw new HubError('conflict', 'This passkey is registered already.')
      return row
    },

    async beginSignIn() {
      refuseHere()
      const challenge = await challenges.issue('passkey_sign_in', { ms: CHALLENGE_MS })
      return generateAuthenticationOptions({
        rpID: hostname,
        challenge: new Uint8Array(Buffer.from(challenge, 'base64url')),
        timeout: CHALLENGE_MS,
        userVerification: 'required',
        // None named: the browser offers what it has, and nobody learns who is registered.
        allowCredentials: [],
      })
    },

    async signIn(response) {
      refuseHere()
      const row = await db
        .selectFrom('passkeys')
        .select(['id', 'person_id', 'credential_id', 'public_key', 'counter', 'transports'])
        .where('credential_id', '=', response.id)
        .executeTakeFirst()
      let known = false
      const expectedChallenge = async (challenge: string) => {
        known = (await challenges.take('passkey_sign_in', challenge)) !== undefined
        return known
      }
      if (!row) {
        await expectedChallenge(readChallenge(response))
        throw known ? refusal() : challengeOver()
      }
      const outcome = await verifyAuthenticationResponse({
        response,
        expectedChallenge,
        expectedOrigin: publicUrl,
        expectedRPID: hostname,
        requireUserVerification: true,
        credential: {
          id: row.credential_id,
          publicKey: new Uint8Array(row.public_key),
          counter: Number(row.counter),
          transports: row.transports,
        },
      }).catch((error: unknown) => {
        throw known ? refusal(error) : challengeOver()
      })
      if (!outcome.verified) throw refusal()
      // The handle that the passkey carries has to be this person's (section 7.2, step 6).
      const handle = response.response.userHandle
      if (handle !== undefined && Buffer.from(handle, 'base64url').toString() !== row.person_id)
        throw refusal()
      const { newCounter, credentialBackedUp } = outcome.authenticationInfo
      const updated = await db
        .updateTable('passkeys')
        .set({ counter: newCounter, backed_up: credentialBackedUp, last_used_at: new Date(now()) })
        .where('id', '=', row.id)
        // Two answers of one counter, on two replicas: the second is a copy.
        .$if(newCounter > 0, (query) => query.where('counter', '<', newCounter as never))
        .executeTakeFirst()
      if (updated.numUpdatedRows === 0n) throw refusal()
      return { person: row.person_id, passkey: row.id }
    },

    list: (person) =>
      db.selectFrom('passkeys').select(columns).where('person_id', '=', person).orderBy('id').execute(),

    async rename(person, id, name) {
      const row = await db
        .updateTable('passkeys')
        .set({ name })
        .where('person_id', '=', person)
        .where('id', '=', id)
        .returning(columns)
        .executeTakeFirst()
      if (!row) throw new HubError('not_found', `There is no passkey "${id}".`)
      return row
    },

    async remove(person, id) {
      const removed = await db
        .deleteFrom('passkeys')
        .where('person_id', '=', person)
        .where('id', '=', id)
        .executeTakeFirst()
      if (removed.numDeletedRows === 0n) throw new HubError('not_found', `There is no passkey "${id}".`)
    },
  }
}

function explainAddress(publicUrl: string): string {
  const url = new URL(publicUrl)
  const local = url.hostname === '[::1]' || url.hostname.startsWith('127.')
  const instead = local
    ? `TRUNKLINE_PUBLIC_URL=http://localhost${url.port ? `:${url.port}` : ''}`
    : 'a host name'
  return `Browsers make no passkeys for an address of numbers, which ${url.host} is. Start the hub with ${instead}.`
}

function readChallenge({ response }: AuthenticationResponseJSON): string {
  try {
    const data: unknown = JSON.parse(Buffer.from(response.clientDataJSON, 'base64url').toString())
    const { challenge } = data as { challenge?: unknown }
    return typeof challenge === 'string' ? challenge : ''
  } catch {
    return ''
  }
}
