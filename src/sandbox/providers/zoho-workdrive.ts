/** Zoho WorkDrive: a team, its folders and files, as JSON:API. https://workdrive.zoho.com/apidocs/v1 */
import type { JsonObject } from '../../catalog/define.ts'
import { fernhill } from '../cast.ts'
import { playZoho } from '../families/zoho.ts'
import { isObject, json, type Reply, readJson } from '../messages.ts'
import { type Account, type Call, readString } from '../stand-in.ts'

type Node = { id: string; parent: string; name: string; folder: boolean; size: number }
const TEAM = 'ntvsh3c8e4d1f4b0d4e4c9d7a3e6b1f2c5d80'
const WORKSPACE = 'ju6fp2a4c9d7e1b3f5a8c0e2d4b6f8a1c3e5d7'

export default playZoho({
  host: 'apiHost',
  routes: ({ tools, on }) => {
    const data = tools.load<{ nodes: Node[] }>(
      () => ({
        nodes: [
          { id: 'fld1catalogue', parent: WORKSPACE, name: 'Catalogue', folder: true, size: 0 },
          {
            id: 'fil1pricelist',
            parent: 'fld1catalogue',
            name: 'Price list.xlsx',
            folder: false,
            size: 48_213,
          },
          { id: 'fil2fitting', parent: WORKSPACE, name: 'Fitting guide.pdf', folder: false, size: 912_004 },
        ],
      }),
      'zoho workdrive',
    )
    const root = '/workdrive/api/v1'
    const files = { scope: ['WorkDrive.files.ALL'] }

    const shape = ({ id, parent, name, folder, size }: Node): JsonObject => ({
      id,
      type: 'files',
      attributes: {
        name,
        display_attr_name: name,
        type: folder ? 'folder' : 'file',
        is_folder: folder,
        parent_id: parent,
        storage_info: { size_in_bytes: size },
        permalink: `https://workdrive.zoho.com/file/${id}`,
      },
    })
    const own = (call: Call, handle: (account: Account) => Reply) =>
      call.params['user'] === call.account.id || call.params['user'] === 'me'
        ? handle(call.account)
        : problem(404, 'F000', 'No such user.')

    function create({ asked }: Call): Reply {
      const given = readJson(asked)['data']
      const attributes = isObject(given) && isObject(given['attributes']) ? given['attributes'] : {}
      const [name, parent] = [readString(attributes, 'name'), readString(attributes, 'parent_id')]
      if (!name || !parent) return problem(400, 'F6016', 'Name and parent are mandatory.')
      const made: Node = {
        id: `fld${tools.random(20, 'abcdef0123456789')}`,
        parent,
        name,
        folder: true,
        size: 0,
      }
      data.nodes.push(made)
      return api(201, { data: shape(made) })
    }

    return [
      on(
        'GET',
        `${root}/users/:user`,
        (call) =>
          own(call, ({ id, name, email }) =>
            api(200, {
              data: {
                id,
                type: 'users',
                attributes: { display_name: name, email_id: email, zuid: id, preferred_team_id: TEAM },
              },
            }),
          ),
        { scope: ['WorkDrive.users.READ'] },
      ),
      on(
        'GET',
        `${root}/users/:user/teams`,
        (call) =>
          own(call, () =>
            api(200, { data: [{ id: TEAM, type: 'teams', attributes: { name: fernhill.name } }] }),
          ),
        { scope: ['WorkDrive.team.READ'] },
      ),
      on(
        'GET',
        `${root}/teams/:team/workspaces`,
        ({ params }) =>
          params['team'] === TEAM
            ? api(200, { data: [{ id: WORKSPACE, type: 'workspaces', attributes: { name: 'Workshop' } }] })
            : problem(404, 'F000', 'No such team.'),
        { scope: ['WorkDrive.workspace.ALL', 'WorkDrive.team.READ'] },
      ),
      on(
        'GET',
        `${root}/files/:file/files`,
        ({ params }) =>
          api(200, { data: data.nodes.filter(({ parent }) => parent === params['file']).map(shape) }),
        files,
      ),
      on(
        'GET',
        `${root}/files/:file`,
        ({ params }) => {
          const found = data.nodes.find(({ id }) => id === params['file'])
          return found ? api(200, { data: shape(found) }) : problem(404, 'F016', 'No such file.')
        },
        files,
      ),
      on('POST', `${root}/files`, create, files),
    ]
  },
  unauthorized: () => problem(401, 'F7003', 'Invalid OAuth token.'),
  forbidden: () => problem(403, 'F7007', 'Invalid OAuth scope.'),
  notFound: () => problem(404, 'F6005', 'Invalid URL.'),
  rateLimited: () => problem(429, 'F7008', 'Too many requests.'),
})

function api(status: number, body: JsonObject): Reply {
  return json(status, body, { 'content-type': 'application/vnd.api+json; charset=utf-8' })
}

function problem(status: number, id: string, title: string): Reply {
  return api(status, { errors: [{ id, title }] })
}
