/** Ways in, and what a person keeps about them. */
import { z } from 'zod'
import { id, time } from './basics.ts'
import { Role } from './people.ts'

const token = z.string().min(20).max(200)
const name = z.string().trim().min(1).max(100)
const email = z.string().trim().min(3).max(254)
/** Rules beside the length are checked where the person is known. */
const password = z.string().min(1).max(256)
const binary = z.string().max(20_000)

/** WebAuthn Level 3 section 5.1: what the browser hands back, binary members in base64url. */
export const PasskeyRegistration = z.object({
  id: z.string().min(1).max(1500),
  rawId: z.string().max(1500),
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: binary,
    attestationObject: binary,
    transports: z.array(z.string().max(20)).max(10).optional(),
  }),
  authenticatorAttachment: z.enum(['platform', 'cross-platform']).optional(),
  clientExtensionResults: z.object({}),
})
export const PasskeyAssertion = z.object({
  id: z.string().min(1).max(1500),
  rawId: z.string().max(1500),
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: binary,
    authenticatorData: binary,
    signature: binary,
    userHandle: z.string().max(200).optional(),
  }),
  authenticatorAttachment: z.enum(['platform', 'cross-platform']).optional(),
  clientExtensionResults: z.object({}),
})
/** As `navigator.credentials` takes them, binary members in base64url. */
export const PasskeyOptions = z.looseObject({ challenge: z.string() }).meta({ id: 'PasskeyOptions' })

/** What the sign-in page can offer. The same for everybody: it depends on the installation alone. */
export const SignInOptions = z
  .object({
    passkeys: z.boolean(),
    /** Why there are none under this address. */
    passkeys_hindrance: z.string().nullable(),
    single_sign_on: z.object({ label: z.string() }).nullable(),
    /** Whether a forgotten password is mended by e-mail. */
    mail: z.boolean(),
    password_min_length: z.number().int(),
  })
  .meta({ id: 'SignInOptions' })

export const PasswordSignIn = z.strictObject({ email, password })
export const PasskeySignIn = z.strictObject({ response: PasskeyAssertion })
export const BeginSso = z.strictObject({
  purpose: z.enum(['sign_in', 'link', 'reauthenticate', 'invitation']).default('sign_in'),
  /** Of the invitation. */
  token: token.optional(),
})
export const SsoBegun = z.object({ authorization_url: z.string() })
export const Reauthenticate = z.union([
  z.strictObject({ password }),
  z.strictObject({ passkey: PasskeyAssertion }),
])
export const RequestReset = z.strictObject({ email })
export const CompleteReset = z.strictObject({ token, password })
export const SwitchOrganization = z.strictObject({ organization_id: z.string().max(100) })

export const Profile = z
  .object({
    id,
    name: z.string(),
    email: z.string(),
    /** Whether somebody showed that the address is this person's. */
    email_confirmed: z.boolean(),
    password_set_at: time.nullable(),
    passkeys: z.number().int(),
    /** Issuers of linked accounts. */
    single_sign_on: z.array(z.string()),
    joined_at: time,
    /** Until when one's ways of signing in can be changed without showing once more who one is. */
    recent_until: time,
  })
  .meta({ id: 'Profile' })
export const UpdateProfile = z.strictObject({ name })
export const SetPassword = z.strictObject({ password })
export const ChangeEmail = z.strictObject({ email })
export const EmailChanged = z.object({
  /** `sent`: the new address has to confirm first. */
  outcome: z.enum(['sent', 'changed']),
})
export const ConfirmEmail = z.strictObject({ token })

export const Passkey = z
  .object({
    id,
    name: z.string(),
    /** Kept by the maker of the device, and so on several devices. */
    backed_up: z.boolean(),
    created_at: time,
    last_used_at: time.nullable(),
  })
  .meta({ id: 'Passkey' })
export const AddPasskey = z.strictObject({ name, response: PasskeyRegistration })
export const UpdatePasskey = z.strictObject({ name })

export const Session = z
  .object({
    id,
    organization: z.object({ id, name: z.string() }),
    method: z.enum(['link', 'password', 'passkey', 'sso', 'invitation']),
    /** As the browser names itself. */
    user_agent: z.string().nullable(),
    address: z.string().nullable(),
    created_at: time,
    last_seen_at: time,
    expires_at: time,
    current: z.boolean(),
  })
  .meta({ id: 'Session' })

export const MyOrganization = z.object({
  id,
  name: z.string(),
  role: Role,
  requires_single_sign_on: z.boolean(),
  current: z.boolean(),
})

export type SignInOptionsBody = z.infer<typeof SignInOptions>
export type ProfileBody = z.infer<typeof Profile>
export type PasskeyBody = z.infer<typeof Passkey>
export type SessionBody = z.infer<typeof Session>
export type MyOrganizationBody = z.infer<typeof MyOrganization>
