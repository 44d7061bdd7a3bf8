/** Projects: who is in them, what they select, when it is synced, and what was. */
import { z } from 'zod'
import { id, PageQuery, time } from './basics.ts'
import { Status } from './connections.ts'

export const ProjectRole = z.enum(['admin', 'member'])
export const Project = z
  .object({
    id,
    name: z.string(),
    description: z.string(),
    /** The caller's own role in it; null: they see it as an administrator of the organization. */
    role: ProjectRole.nullable(),
    may: z.object({
      /** Change members, resources and settings. */
      manage: z.boolean(),
      delete: z.boolean(),
    }),
    members: z.number().int(),
    /** How many are selected. */
    resources: z.number().int(),
    created_at: time,
    updated_at: time,
  })
  .meta({ id: 'Project' })
const name = z.string().trim().min(1).max(100)
const description = z.string().trim().max(1000)
export const CreateProject = z.strictObject({ name, description: description.default('') })
export const UpdateProject = z.strictObject({ name: name.optional(), description: description.optional() })
export const ListProjects = PageQuery.extend({
  q: z.string().trim().max(100).optional().describe('part of the name or the description'),
})

export const ProjectMember = z
  .object({ id, name: z.string(), email: z.string(), role: ProjectRole, added_at: time })
  .meta({ id: 'ProjectMember' })
export const SetProjectMember = z.strictObject({ role: ProjectRole })
export const ProjectCandidate = z
  .object({ id, name: z.string(), email: z.string() })
  .meta({ id: 'ProjectCandidate' })

/** An account that the project can select from, or selected from before it was disconnected. */
export const ProjectSource = z
  .object({
    provider: z.string(),
    provider_name: z.string(),
    logo: z.string().nullable(),
    mode: z.enum(['live', 'sandbox']),
    account: z.object({ id, label: z.string() }),
    /** Null: the account is not connected now. What was selected is kept. */
    connection_id: id.nullable(),
    status: z.object({ status: Status, detail: z.string() }).nullable(),
    /** How many are selected. */
    selected: z.number().int(),
    kinds: z.array(
      z.object({
        id,
        /** In lower case: "repository", "repositories". */
        one: z.string(),
        many: z.string(),
        hint: z.string().nullable(),
        selected: z.number().int(),
        /** Permissions that the connection lacks for some of them. */
        missing_scopes: z.array(z.string()),
      }),
    ),
  })
  .meta({ id: 'ProjectSource' })
export const ProjectSources = z
  .object({
    data: z.array(ProjectSource),
    /** Providers with something to select that the organization has no connection to. */
    connectable: z.array(z.object({ id, name: z.string(), logo: z.string().nullable() })),
  })
  .meta({ id: 'ProjectSources' })

export const Resource = z
  .object({
    /** At the provider. */
    id,
    name: z.string(),
    description: z.string().nullable(),
    url: z.string().nullable(),
    private: z.boolean(),
    archived: z.boolean(),
    /** Whether the account is in it; null: that makes no difference. */
    member: z.boolean().nullable(),
    /** Why nothing can be read of it; null: it can. */
    unreadable: z.string().nullable(),
    /** Not in the provider's list any more, since; null: it is there. */
    gone_at: time.nullable(),
  })
  .meta({ id: 'Resource' })
/** Its command is to be typed at the provider, by a person who is allowed to. */
const Invite = z.object({ command: z.string(), where: z.string() })
export const ResourcePage = z
  .object({
    data: z.array(Resource),
    next_cursor: z.string().nullable(),
    /** How many match in all. */
    total: z.number().int(),
    reading: z.object({
      /** `waiting`: for the provider, until `resume_at`. */
      state: z.enum(['unread', 'reading', 'waiting', 'done', 'failed']),
      /** How many were read so far. */
      found: z.number().int(),
      /** There are more than the hub keeps; a search asks the provider as well. */
      truncated: z.boolean(),
      /** When the list was last read to its end. */
      read_at: time.nullable(),
      resume_at: time.nullable(),
      problem: z.object({ code: z.string(), detail: z.string() }).nullable(),
      /** Lists that could not be read. */
      skipped: z.array(
        z.object({
          label: z.string(),
          reason: z.enum(['scopes', 'refused']),
          scopes: z.array(z.string()),
          detail: z.string(),
        }),
      ),
    }),
    /** Permissions that the connection lacks for some of its lists: a reconnect asks for them. */
    missing_scopes: z.array(z.string()),
    /** How ones that are not listed come into view, where the account has to be invited. */
    invite: Invite.nullable(),
  })
  .meta({ id: 'ResourcePage' })
export const ListResources = z.strictObject({
  kind: z.string().max(100),
  q: z.string().trim().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(100),
  cursor: z.string().max(2000).optional(),
})
export const ReadResources = z.strictObject({ kind: z.string().max(100) })

export const Selection = z
  .object({
    id,
    provider: z.string(),
    account: z.object({ id, label: z.string() }),
    /** Null: the account is not connected now. */
    connection_id: id.nullable(),
    kind: z.string(),
    resource_id: z.string().describe('at the provider'),
    name: z.string(),
    url: z.string().nullable(),
    private: z.boolean(),
    archived: z.boolean(),
    unreadable: z.string().nullable(),
    gone_at: time.nullable(),
    /** `invite`: a person has to invite the account first; `failed`: joining did not work. */
    access: z.enum(['ready', 'invite', 'failed']),
    access_detail: z.string().nullable(),
    invite: Invite.nullable(),
    selected_at: time,
  })
  .meta({ id: 'Selection' })
export const SelectResources = z.strictObject({
  connection: z.string().max(100).describe('id of a connection of the organization'),
  kind: z.string().max(100),
  resources: z.array(z.string().min(1).max(500)).min(1).max(100).describe('ids at the provider'),
})
export const DeselectResources = z.strictObject({
  selections: z.array(z.string().max(100)).min(1).max(200).describe('ids of selections'),
})

const Schedule = z.enum(['hourly', 'daily', 'manual'])
export const SyncSettings = z
  .object({
    provider: z.string(),
    provider_name: z.string(),
    logo: z.string().nullable(),
    enabled: z.boolean(),
    schedule: Schedule,
    /** Days that the first run looks back. */
    window_days: z.number().int(),
    /** Null: as every project begins. */
    changed_at: time.nullable(),
  })
  .meta({ id: 'SyncSettings' })
export const ChangeSyncSettings = z.strictObject({
  enabled: z.boolean().optional(),
  schedule: Schedule.optional(),
  window_days: z.number().int().min(1).max(730).optional(),
})
export const SyncRun = z
  .object({
    id,
    provider: z.string(),
    provider_name: z.string(),
    account: z.object({ id, label: z.string() }),
    cause: z.enum(['manual', 'schedule']),
    /** Null: the schedule. */
    started_by: z.string().nullable(),
    started_at: time,
    ended_at: time.nullable(),
    outcome: z.enum(['running', 'succeeded', 'partial', 'failed', 'cancelled']),
    /** By what was counted: `{ added: 12, changed: 3 }`. */
    counts: z.record(z.string(), z.number()),
    problem: z.object({ code: z.string(), detail: z.string() }).nullable(),
  })
  .meta({ id: 'SyncRun' })
export const ListRuns = PageQuery.extend({ provider: z.string().max(100).optional() })

export type ProjectBody = z.infer<typeof Project>
export type ProjectMemberBody = z.infer<typeof ProjectMember>
export type ProjectCandidateBody = z.infer<typeof ProjectCandidate>
export type ProjectSourceBody = z.infer<typeof ProjectSource>
export type ProjectSourcesBody = z.infer<typeof ProjectSources>
export type ResourceBody = z.infer<typeof Resource>
export type ResourcePageBody = z.infer<typeof ResourcePage>
export type SelectionBody = z.infer<typeof Selection>
export type SyncSettingsBody = z.infer<typeof SyncSettings>
export type SyncRunBody = z.infer<typeof SyncRun>
