/** Everything about people and how they come in, wired. */
import type { Config } from '../config.ts'
import type { Egress } from '../egress/egress.ts'
import type { MailGate } from '../egress/mail.ts'
import type { Bus } from '../store/bus.ts'
import type { Db } from '../store/database.ts'
import { createChallenges } from './challenges.ts'
import { createInvitations, type Invitations } from './invitations.ts'
import { createLetters, type Letters } from './letters.ts'
import { createOrganizations, type Organizations } from './organizations.ts'
import { createPasskeys, type Passkeys } from './passkeys.ts'
import { createPasswords } from './password.ts'
import { createPeople, type OnDeparted, type People } from './people.ts'
import { createProfiles, type Profiles } from './profile.ts'
import type { Sessions } from './sessions.ts'
import { createSignIn, type SignIn } from './sign-in.ts'
import { createSingleSignOn, type SingleSignOn } from './single-sign-on.ts'
import { createTries, type Tries } from './tries.ts'

export type Accounts = {
  sessions: Sessions
  signIn: SignIn
  passkeys: Passkeys
  sso: SingleSignOn
  invitations: Invitations
  people: People
  profiles: Profiles
  organizations: Organizations
  letters: Letters
  tries: Tries
  /** Forgets what is over. */
  sweep(): Promise<void>
  drain(): Promise<void>
}

export function createAccounts(options: {
  db: Db
  bus: Bus
  sessions: Sessions
  egress: Egress
  mailGate: MailGate
  config: Pick<Config, 'publicUrl' | 'singleSignOn' | 'mail'>
  clientSecret: () => string | undefined
  home: () => Promise<{ id: string }>
  onDeparted: OnDeparted
  onRefused: Parameters<typeof createSignIn>[0]['onRefused']
  onError: (error: unknown) => void
  now: () => number
}): Accounts {
  const { db, bus, sessions, egress, config, clientSecret, home, onDeparted, onRefused, onError, now } =
    options
  const { publicUrl } = config
  const passwords = createPasswords()
  const tries = createTries({ db, now })
  const challenges = createChallenges({ db, now })
  const letters = createLetters({ settings: config.mail, gate: options.mailGate, onError })
  const passkeys = createPasskeys({ db, challenges, publicUrl, now })
  const sso = createSingleSignOn({
    settings: config.singleSignOn,
    clientSecret,
    publicUrl,
    egress,
    challenges,
    now,
  })
  const base = { db, bus, sessions, passwords, now }
  const profiles = createProfiles({ ...base, letters, tries, publicUrl })
  const people = createPeople({ db, bus, sessions, onDeparted, now })
  return {
    sessions,
    people,
    passkeys,
    sso,
    letters,
    tries,
    profiles,
    signIn: createSignIn({ ...base, passkeys, sso, tries, home, onRefused }),
    invitations: createInvitations({ ...base, passkeys, letters, publicUrl }),
    organizations: createOrganizations({ db, bus, sso, now }),
    async sweep() {
      await Promise.all([
        tries.prune(),
        challenges.prune(),
        profiles.prune(),
        sessions.prune(),
        people.sweep(),
      ])
    },
    drain: () => letters.drain(),
  }
}
