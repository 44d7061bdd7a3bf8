/** Members, invitations and organizations. */
import { z } from 'zod'
import { id, time } from './basics.ts'
import { Role } from './people.ts'
import { PasskeyRegistration } from './sign-in.ts'

const token = z.string().min(20).max(200)
const name = z.string().trim().min(1).max(100)
const email = z.string().trim().min(3).max(254)

export const Member = z
  .object({
    id,
    name: z.string(),
    email: z.string(),
    role: Role,
    joined_at: time,
    last_seen_at: time.nullable(),
    sign_in: z.object({ password: z.boolean(), passkeys: z.number().int(), single_sign_on: z.boolean() }),
    /** How many they have; what is in them is theirs. */
    connections: z.number().int(),
  })
  .meta({ id: 'Member' })
export const ListPeople = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(100).optional(),
  search: z.string().trim().min(1).max(100).optional(),
})
export const UpdateMember = z.strictObject({ role: Role })
export const Departure = z
  .object({
    items: z.array(
      z.object({
        item: z.string(),
        provider: z.string().nullable(),
        outcome: z.enum(['done', 'nothing_to_do', 'by_hand', 'failed']),
        detail: z.string(),
      }),
    ),
  })
  .meta({ id: 'Departure' })
export const SignInLink = z
  .object({ url: z.string().describe('works once'), expires_at: time })
  .meta({ id: 'SignInLink' })

const delivery = z.enum(['link', 'email'])
export const Invitation = z
  .object({
    id,
    email: z.string(),
    role: Role,
    /** `link`: an administrator passes it on; `email`: the hub sent it. */
    delivery,
    invited_by: z.object({ id, name: z.string().nullable() }),
    created_at: time,
    expires_at: time,
    expired: z.boolean(),
    /** Shown once, where it is for copying. */
    url: z.string().optional(),
  })
  .meta({ id: 'Invitation' })
export const CreateInvitation = z.strictObject({
  email,
  role: Role.default('member'),
  delivery: delivery.default('link'),
})
export const ResendInvitation = z.strictObject({ delivery: delivery.default('link') })

export const LookInvitation = z.strictObject({ token })
/** What whoever holds the link is told, whether or not there is an account with that address. */
export const Invited = z
  .object({
    organization: z.string(),
    email: z.string(),
    role: Role,
    requires_single_sign_on: z.boolean(),
    expires_at: time,
  })
  .meta({ id: 'Invited' })
export const InvitationPasskey = z.strictObject({ token, name })
export const AcceptInvitation = z.union([
  z.strictObject({ token, name, password: z.string().min(1).max(256) }),
  z.strictObject({ token, name, passkey: PasskeyRegistration, passkey_name: name.default('Passkey') }),
])
export const JoinOrganization = z.strictObject({ token })

export const Organization = z
  .object({
    id,
    name: z.string(),
    created_at: time,
    /** Its administrators set the hub up for all. */
    runs_hub: z.boolean(),
    requires_single_sign_on: z.boolean(),
    people: z.number().int(),
    connections: z.number().int(),
  })
  .meta({ id: 'Organization' })
export const UpdateOrganization = z.strictObject({
  name: name.optional(),
  requires_single_sign_on: z.boolean().optional(),
})
export const CreateOrganization = z.strictObject({
  name,
  administrator: email
    .optional()
    .describe('invited as its administrator; needed where no person asks, who would be one'),
})
export const CreatedOrganization = z
  .object({ organization: Organization, invitation: Invitation.nullable() })
  .meta({ id: 'CreatedOrganization' })

export type MemberBody = z.infer<typeof Member>
export type DepartureBody = z.infer<typeof Departure>
export type SignInLinkBody = z.infer<typeof SignInLink>
export type InvitationBody = z.infer<typeof Invitation>
export type InvitedBody = z.infer<typeof Invited>
export type OrganizationBody = z.infer<typeof Organization>
export type CreatedOrganizationBody = z.infer<typeof CreatedOrganization>
