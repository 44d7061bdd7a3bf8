/** Teams: teams, channels, chats. https://learn.microsoft.com/graph/api/resources/teams-api-overview */
import { readJson, type Reply } from '../messages.ts'
import { type Call, on } from '../stand-in.ts'
import { daysAgo } from '../cast.ts'
import type { Channel, Chat, Team } from '../worlds/graph.ts'
import {
  list,
  one,
  problem,
  readContent,
  writeChannel,
  writeChat,
  writePost,
  writeTeam,
} from '../worlds/graph-shapes.ts'
import { graph, type Product } from './microsoft.ts'

export const teams: Product = ({ tools, organization, nameOf }) => {
  const missing = () => problem(404, 'NotFound', 'The requested resource was not found.')

  const inTeam = (handle: (team: Team, call: Call) => Reply) => (call: Call) => {
    const found = organization.teams.find(({ id }) => id === call.params['team'])
    if (!found) return missing()
    return found.members.includes(call.account.id)
      ? handle(found, call)
      : problem(
          403,
          'Forbidden',
          'Failed to execute backend request: the caller is not a member of the team.',
        )
  }
  const inChannel = (handle: (channel: Channel, team: Team, call: Call) => Reply) =>
    inTeam((team, call) => {
      const found = team.channels.find(({ id }) => id === call.params['channel'])
      return found ? handle(found, team, call) : missing()
    })
  const inChat = (handle: (chat: Chat, call: Call) => Reply) => (call: Call) => {
    const found = organization.chats.find(
      ({ id, members }) => id === call.params['chat'] && members.includes(call.account.id),
    )
    return found ? handle(found, call) : missing()
  }

  function post(call: Call, into: Channel | Chat, place: Parameters<typeof writePost>[2]): Reply {
    const text = readContent(readJson(call.asked))
    if (text === undefined) return problem(400, 'BadRequest', 'Missing body content')
    const made = { id: String(tools.now()), from: call.account.id, text, at: daysAgo(tools.now(), 0) }
    into.posts.unshift(made)
    return one(call.asked, 'messages', writePost(made, call.account.name, place), 201)
  }

  const CHATS = { ...graph, scope: ['Chat.ReadWrite'] }
  const CHANNELS = { ...graph, scope: ['Channel.ReadBasic.All'] }
  const messages = '/v1.0/teams/:team/channels/:channel/messages'

  return [
    on(
      'GET',
      '/v1.0/me/joinedTeams',
      ({ asked, account }) =>
        list(
          asked,
          'teams',
          organization.teams.filter(({ members }) => members.includes(account.id)).map(writeTeam),
          100,
        ),
      { ...graph, scope: ['Team.ReadBasic.All'] },
    ),
    on(
      'GET',
      '/v1.0/teams/:team/channels',
      inTeam((team, { asked }) =>
        list(
          asked,
          `teams('${team.id}')/channels`,
          team.channels.map((channel) => writeChannel(channel, team)),
          100,
        ),
      ),
      CHANNELS,
    ),
    on(
      'GET',
      '/v1.0/teams/:team/channels/:channel',
      inChannel((channel, team, { asked }) =>
        one(asked, `teams('${team.id}')/channels`, writeChannel(channel, team)),
      ),
      CHANNELS,
    ),
    on(
      'GET',
      messages,
      inChannel((channel, team, { asked }) =>
        list(
          asked,
          `teams('${team.id}')/channels('${channel.id}')/messages`,
          channel.posts.map((one) =>
            writePost(one, nameOf(one.from), { channel: { team: team.id, channel: channel.id } }),
          ),
          20,
        ),
      ),
      { ...graph, scope: ['ChannelMessage.Read.All'] },
    ),
    on(
      'POST',
      messages,
      inChannel((channel, team, call) =>
        post(call, channel, { channel: { team: team.id, channel: channel.id } }),
      ),
      { ...graph, scope: ['ChannelMessage.Send'] },
    ),
    on(
      'GET',
      '/v1.0/me/chats',
      ({ asked, account }) =>
        list(
          asked,
          'chats',
          organization.chats.filter(({ members }) => members.includes(account.id)).map(writeChat),
          20,
        ),
      CHATS,
    ),
    on(
      'GET',
      '/v1.0/chats/:chat/messages',
      inChat((chat, { asked }) =>
        list(
          asked,
          `chats('${chat.id}')/messages`,
          chat.posts.map((one) => writePost(one, nameOf(one.from), { chat: chat.id })),
          20,
        ),
      ),
      CHATS,
    ),
    on(
      'POST',
      '/v1.0/chats/:chat/messages',
      inChat((chat, call) => post(call, chat, { chat: chat.id })),
      CHATS,
    ),
  ]
}
