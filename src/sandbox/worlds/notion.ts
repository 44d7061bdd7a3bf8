/** The workspaces of the sandbox's Notion. */
import { cast, fernhill, quayside } from '../cast.ts'

export type Block = { id: string; type: string; text: string; checked?: boolean }
export type Page = {
  id: string
  workspace: string
  title: string
  /** Id of the page or data source above it; null at the top. */
  parent: string | null
  parentKind: 'page_id' | 'data_source_id' | 'workspace'
  /** Values of a data source's row. */
  properties: Record<string, string>
  blocks: Block[]
  inTrash: boolean
  by: string
  editedAt: string
  createdAt: string
}
export type DataSource = {
  id: string
  database: string
  workspace: string
  title: string
  parent: string
  columns: Record<string, 'title' | 'rich_text' | 'select'>
}
export type Comment = { id: string; page: string; text: string; by: string; at: string }
export type Workspace = { id: string; name: string; members: { id: string; name: string; email: string }[] }
export type Data = { workspaces: Workspace[]; pages: Page[]; sources: DataSource[]; comments: Comment[] }

export function seedNotion(now: number): Data {
  const at = (days: number) => new Date(now - days * 86_400_000).toISOString()
  const [ada, bruno, dmitri] = [
    '3b1f7a52-1d20-4c55-9a01-0c5b0e1a0001',
    '3b1f7a52-1d20-4c55-9a01-0c5b0e1a0002',
    '3b1f7a52-1d20-4c55-9a01-0c5b0e1a0004',
  ]
  const work = 'a4f0c2de-5b7e-4f19-8f5e-6b1d2c3e0001'
  const studio = 'a4f0c2de-5b7e-4f19-8f5e-6b1d2c3e0002'
  const page = (
    end: string,
    workspace: string,
    title: string,
    lines: string[],
    more: Partial<Page> = {},
  ): Page => ({
    id: `59833787-2cf9-4fdf-8782-e53db20a${end}`,
    workspace,
    title,
    parent: null,
    parentKind: 'workspace',
    properties: {},
    blocks: lines.map((text, index) => ({
      id: `c02fc1d3-db8b-45c5-a222-${end}0000000${index}`,
      type: 'paragraph',
      text,
    })),
    inTrash: false,
    by: ada,
    editedAt: at(2),
    createdAt: at(60),
    ...more,
  })
  const tasks: DataSource = {
    id: '164b19c5-58e5-4a47-a3a9-c905d9519c65',
    database: '248104cd-477e-80fd-b757-e945d38000bd',
    workspace: work,
    title: 'Tasks',
    parent: '59833787-2cf9-4fdf-8782-e53db20a0001',
    columns: { Name: 'title', Status: 'select', Owner: 'rich_text' },
  }
  const row = (end: string, title: string, Status: string, Owner: string) =>
    page(end, work, title, [], {
      parent: tasks.id,
      parentKind: 'data_source_id',
      properties: { Status, Owner },
    })
  return {
    workspaces: [
      {
        id: work,
        name: fernhill.name,
        members: [
          { id: ada, name: cast.ada.name, email: cast.ada.email },
          { id: bruno, name: cast.bruno.name, email: cast.bruno.email },
        ],
      },
      {
        id: studio,
        name: quayside.name,
        members: [{ id: dmitri, name: cast.dmitri.name, email: cast.dmitri.email }],
      },
    ],
    pages: [
      page('0001', work, 'Team home', ['Where to find what.']),
      page(
        '0002',
        work,
        'Sprint 14',
        ['Goal: the basket survives sign-in (SHOP-118).', 'Review on Friday.'],
        { parent: '59833787-2cf9-4fdf-8782-e53db20a0001', parentKind: 'page_id', editedAt: at(1) },
      ),
      page('0003', work, 'Salaries', ['Not for sharing.'], { editedAt: at(20) }),
      row('0004', 'Keep the basket after sign-in', 'In progress', cast.ada.name),
      row('0005', 'Delivery days and holidays', 'Next', cast.bruno.name),
      page('0006', studio, 'Fernhill drafts', ['Three drafts for the autumn page.'], { by: dmitri }),
    ],
    sources: [tasks],
    comments: [
      {
        id: '94cc56ab-9f02-409d-9f99-1037e9fe5021',
        page: '59833787-2cf9-4fdf-8782-e53db20a0002',
        text: 'Looks complete.',
        by: bruno,
        at: at(1),
      },
    ],
  }
}
