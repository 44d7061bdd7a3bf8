/** OneDrive. https://learn.microsoft.com/graph/api/resources/onedrive */
import { readJson, redirect, type Reply, text } from '../messages.ts'
import { type Account, type Call, on, open, readString } from '../stand-in.ts'
import { daysAgo } from '../cast.ts'
import { type Item, ROOT } from '../worlds/graph.ts'
import { list, one, problem, writeItem } from '../worlds/graph-shapes.ts'
import { FILES_HOST, graph, type Product } from './microsoft.ts'

const READ = { ...graph, scope: ['Files.Read.All', 'Files.ReadWrite.All'] }
const WRITE = { ...graph, scope: ['Files.ReadWrite.All'] }

export const files: Product = ({ tools, mailbox, nextId, isPersonal, ticketFor }) => {
  const driveOf = ({ id }: Account) => `b!${id.replaceAll('-', '')}`
  const missing = () => problem(404, 'itemNotFound', 'The resource could not be found.')
  const items = ({ account }: Call) => mailbox(account).items
  const write = (call: Call, item: Item) => writeItem(item, items(call), driveOf(call.account))
  const children = (call: Call, parent: string) =>
    list(
      call.asked,
      "users('me')/drive/root/children",
      items(call)
        .filter((item) => item.parent === parent)
        .map((item) => write(call, item)),
      200,
    )
  const withItem = (handle: (item: Item, call: Call) => Reply) => (call: Call) => {
    const found = items(call).find(({ id }) => id === call.params['id'])
    return found ? handle(found, call) : missing()
  }
  /** The address of a file's content proves by itself that whoever has it may read it. */
  const ticketOf = (account: Account, item: Item) => ticketFor(`${account.id}:${item.id}`)

  return [
    on(
      'GET',
      '/v1.0/me/drive',
      (call) =>
        one(call.asked, 'drives', {
          id: driveOf(call.account),
          driveType: isPersonal(call.account) ? 'personal' : 'business',
          name: 'OneDrive',
          owner: { user: { displayName: call.account.name, email: call.account.email, id: call.account.id } },
          quota: {
            deleted: 0,
            remaining: 1_099_511_500_000,
            state: 'normal',
            total: 1_099_511_627_776,
            used: 127_776,
          },
        }),
      READ,
    ),
    on('GET', '/v1.0/me/drive/root/children', (call) => children(call, ROOT), READ),
    on(
      'GET',
      '/v1.0/me/drive/root',
      (call) =>
        one(call.asked, 'drives/root', {
          id: ROOT,
          name: 'root',
          root: {},
          folder: { childCount: items(call).filter(({ parent }) => parent === ROOT).length },
        }),
      READ,
    ),
    on(
      'GET',
      '/v1.0/me/drive/root/:call',
      (call) => {
        const wanted = /^search\(q='(.*)'\)$/.exec(call.params['call'] ?? '')?.[1]?.toLowerCase()
        if (wanted === undefined) return missing()
        const found = items(call).filter((item) =>
          `${item.name} ${item.text ?? ''}`.toLowerCase().includes(wanted),
        )
        return list(
          call.asked,
          'Collection(driveItem)',
          found.map((item) => write(call, item)),
          200,
        )
      },
      READ,
    ),
    on(
      'GET',
      '/v1.0/me/drive/items/:id',
      withItem((item, call) => one(call.asked, "drives('me')/items", write(call, item))),
      READ,
    ),
    on(
      'GET',
      '/v1.0/me/drive/items/:id/children',
      withItem((item, call) => children(call, item.id)),
      READ,
    ),
    on(
      'GET',
      '/v1.0/me/drive/items/:id/content',
      withItem((item, { account }) =>
        item.text === undefined
          ? problem(400, 'invalidRequest', 'You cannot get content for a folder.')
          : redirect(
              `${tools.publicUrl}/${FILES_HOST}/personal/${account.id}/download/${item.id}?tempauth=${ticketOf(account, item)}`,
            ),
      ),
      READ,
    ),
    open(
      'GET',
      '/personal/:account/download/:id',
      ({ asked, params }) => {
        const account = tools.accounts().find(({ id }) => id === params['account'])
        const item = account && mailbox(account).items.find(({ id }) => id === params['id'])
        const opens = account && item && asked.query.get('tempauth') === ticketOf(account, item)
        return opens ? text(200, item.text ?? '') : text(401, '401 UNAUTHORIZED')
      },
      { host: FILES_HOST },
    ),
    // Uploading by path: `root:/name:/content`.
    on(
      'PUT',
      '/v1.0/me/drive/*path',
      (call) => {
        const name = /^root:\/([^/:]+):\/content$/.exec(call.params['path'] ?? '')?.[1]
        if (!name) return missing()
        const known = items(call).find((item) => item.parent === ROOT && item.name === name)
        const item = known ?? { id: `01${nextId('FILE')}`, parent: ROOT, name, at: '' }
        item.text = call.asked.body.toString('utf8')
        item.at = daysAgo(tools.now(), 0)
        if (!known) items(call).push(item)
        return one(call.asked, "drives('me')/items", write(call, item), known ? 200 : 201)
      },
      WRITE,
    ),
    on(
      'PATCH',
      '/v1.0/me/drive/items/:id',
      withItem((item, call) => {
        item.name = readString(readJson(call.asked), 'name') ?? item.name
        return one(call.asked, "drives('me')/items", write(call, item))
      }),
      WRITE,
    ),
  ]
}
