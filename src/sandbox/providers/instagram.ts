/** Instagram with its own log-in: professional accounts, posts with comments, publishing in two steps. */
import { daysAgo, fernhill, quayside } from '../cast.ts'
import { json, type Reply, readArguments } from '../messages.ts'
import {
  type Account,
  type Call,
  type CreateStandIn,
  on,
  type Refusal,
  type TokenProblem,
} from '../stand-in.ts'
import { graphError, type GraphProblem, isEdge, type Node, page, tell } from '../worlds/graph-nodes.ts'

type Data = { accounts: Record<string, Node>; containers: { id: string; account: string; caption: string }[] }

const BASIC = ['instagram_business_basic']
const PUBLISH = ['instagram_business_content_publish']
const COMMENTS = ['instagram_business_manage_comments']
const SIXTY_DAYS = 5_184_000

const accounts: readonly Account[] = [
  {
    id: '27110000000000001',
    name: 'fernhill.bicycles',
    email: 'hello@fernhill.example',
    detail: fernhill.name,
  },
  { id: '27110000000000002', name: 'ada.rides', email: 'ada.rides@mail.example' },
  {
    id: '27110000000000003',
    name: 'quayside.studio',
    email: 'hello@quayside.example',
    detail: quayside.name,
  },
]

const CODE_PROBLEMS: Readonly<Record<TokenProblem, string>> = {
  bad_format: 'You must provide a client_id',
  bad_client: 'Error validating client secret.',
  bad_code: 'Matching code was not found or was already used',
  used_code: 'Matching code was not found or was already used',
  expired_code: 'This authorization code has expired',
  bad_redirect_uri:
    'Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request',
  bad_verifier: 'Invalid code_verifier',
  bad_refresh_token: 'Invalid refresh token',
  bad_grant_type: 'Invalid grant_type',
}

const REFUSALS: Readonly<Record<Refusal, GraphProblem>> = {
  missing: { code: 190, message: 'Invalid OAuth access token - Cannot parse access token' },
  unknown: { code: 190, message: 'Invalid OAuth access token - Cannot parse access token' },
  expired: { code: 190, subcode: 463, message: 'Error validating access token: Session has expired.' },
  revoked: {
    code: 190,
    subcode: 460,
    message: 'Error validating access token: The session was invalidated.',
  },
}

const create: CreateStandIn = (tools) => {
  const data = tools.load<Data>(() => ({ accounts: {}, containers: [] }))
  const node = (account: Account) => (data.accounts[account.id] ??= seed(account, tools.now()))
  const media = (account: Account) => node(account)['media'] as Node[]

  function onMedia(call: Call, act: (post: Node) => Reply): Reply {
    const found = media(call.account).find(({ id }) => id === call.params['node'])
    return found ? act(found) : missing(call.params['node'] ?? '')
  }

  function publish(call: Call): Reply {
    const { creation_id } = readArguments(call.asked)
    const found = data.containers.find(({ id, account }) => id === creation_id && account === call.account.id)
    if (!found) return graphError({ code: 9007, subcode: 2_207_027, message: 'Media ID is not available' })
    data.containers = data.containers.filter((one) => one !== found)
    const made = post(`17990000${tools.random(9, '0123456789')}`, found.caption, tools.now(), 0)
    media(call.account).unshift(made)
    return json(200, { id: made.id })
  }

  return {
    accounts,
    hosts: ['graph.instagram.com', 'api.instagram.com', 'www.instagram.com'],
    createAccount: (person) => ({ ...person, id: `271100009${person.id}`, name: handle(person.name) }),
    oauth: {
      code: () => `AQ${tools.random(160)}`,
      access: () => `IGAA${tools.random(160)}`,
      lifetime: SIXTY_DAYS,
      denial: { error_reason: 'user_denied', error_description: 'The user denied your request' },
      partialConsent: true,
      fixedScopes: BASIC,
      answer: ({ grantType, tokens: { main }, account }) =>
        json(
          200,
          grantType === 'authorization_code'
            ? // The lifetime of the first token is not told.
              {
                data: [
                  {
                    access_token: main?.access_token ?? '',
                    user_id: scopedId(account),
                    permissions: (main?.scopes ?? []).join(','),
                  },
                ],
              }
            : {
                access_token: main?.access_token ?? '',
                token_type: 'bearer',
                ...(main?.expires_in !== undefined && { expires_in: main.expires_in }),
                permissions: (main?.scopes ?? []).join(','),
              },
        ),
      failure: (problem) =>
        json(400, { error_type: 'OAuthException', code: 400, error_message: CODE_PROBLEMS[problem] }),
      exchangeFailure: (why) =>
        graphError(
          why === 'young'
            ? { code: 100, message: 'The access token is too new to be refreshed.' }
            : REFUSALS.expired,
        ),
    },
    routes: [
      on('GET', '/:version/me', ({ account, asked }) => tell(node(account), asked), { scope: BASIC }),
      on('GET', '/:version/me/media', ({ account, asked }) => page(media(account), asked), { scope: BASIC }),
      on(
        'POST',
        '/:version/me/media',
        ({ account, asked }) => {
          const { image_url, caption = '' } = readArguments(asked)
          if (!image_url)
            return graphError({ code: 100, message: 'Only photo or video can be accepted as media type.' })
          const id = `17890000${tools.random(9, '0123456789')}`
          data.containers.push({ id, account: account.id, caption })
          return json(200, { id })
        },
        { scope: PUBLISH },
      ),
      on('POST', '/:version/me/media_publish', publish, { scope: PUBLISH }),
      on(
        'GET',
        '/:version/:node/comments',
        (call) =>
          onMedia(call, ({ comments }) =>
            isEdge(comments) ? page(comments, call.asked) : missing('comments'),
          ),
        { scope: COMMENTS },
      ),
      on('GET', '/:version/:node', (call) => onMedia(call, (found) => tell(found, call.asked)), {
        scope: BASIC,
      }),
    ],
    unauthorized: (why) => graphError(REFUSALS[why]),
    forbidden: () =>
      graphError({
        status: 403,
        code: 10,
        message: '(#10) Application does not have permission for this action',
      }),
    notFound: ({ path }) => missing(path.split('/').at(-1) ?? ''),
    rateLimited: () =>
      graphError({ status: 403, code: 4, message: '(#4) Application request limit reached' }),
  }
}

export default create

function seed(account: Account, now: number): Node {
  const posts = [
    post('17990000000000001', 'The workshop is open on Saturdays again.', now, 2),
    post('17990000000000002', 'Winter tyres, fitted while you wait.', now, 9),
    post('17990000000000003', 'Thank you for two hundred rides.', now, 31),
  ]
  return {
    id: scopedId(account),
    user_id: account.id,
    username: account.name,
    name: account.detail ?? account.name,
    account_type: account.detail ? 'BUSINESS' : 'MEDIA_CREATOR',
    profile_picture_url: `https://scontent.cdninstagram.com/${account.id}.jpg`,
    media_count: posts.length,
    followers_count: 1840,
    media: posts,
  }
}

/** The same account under the id that one app alone knows. */
function scopedId({ id }: Account): string {
  return `9${id.slice(1)}`
}

function post(id: string, caption: string, now: number, days: number): Node {
  return {
    id,
    caption,
    media_type: 'IMAGE',
    permalink: `https://www.instagram.com/p/${id}/`,
    timestamp: `${daysAgo(now, days).slice(0, 19)}+0000`,
    like_count: 41,
    comments_count: 1,
    comments: [{ id: `${id}1`, text: 'Do you mend tandems too?', username: 'ada.rides' }],
  }
}

function handle(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '.')
}

function missing(id: string): Reply {
  return graphError({
    code: 100,
    subcode: 33,
    type: 'IGApiException',
    message: `Unsupported get request. Object with ID '${id}' does not exist.`,
  })
}
