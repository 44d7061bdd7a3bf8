/** The workspaces of the sandbox's Slack. */
import { cast, fernhill, quayside } from '../cast.ts'
import type { Extra } from './crowd.ts'

export type Message = {
  ts: string
  user: string
  text: string
  thread_ts?: string
  reactions: { name: string; users: string[] }[]
  bot_id?: string
}
export type Channel = {
  id: string
  name: string
  kind: 'public_channel' | 'private_channel' | 'im' | 'mpim'
  topic: string
  /** Whether the bot is in it. */
  joined: boolean
  archived?: boolean
  members: string[]
  messages: Message[]
}
export type Member = { id: string; name: string; email: string }
export type Team = {
  id: string
  name: string
  domain: string
  bot: string
  members: Member[]
  channels: Channel[]
}

/** One of the hundreds. The bot was invited to half of the private ones. */
export function crowdChannel({ number, name, title, private: hidden, archived }: Extra): Channel {
  return {
    id: `${hidden ? 'G' : 'C'}08${number.toString(36).toUpperCase().padStart(8, '0')}`,
    name,
    kind: hidden ? 'private_channel' : 'public_channel',
    topic: title,
    joined: hidden && number % 2 === 1,
    archived,
    members: ['U07CHIARA03'],
    messages: [],
  }
}

export function seedTeams(now: number): Team[] {
  const ts = (hours: number, part: number) =>
    `${Math.floor((now - hours * 3_600_000) / 1000)}.${String(part).padStart(6, '0')}`
  const message = (
    hours: number,
    part: number,
    user: string,
    text: string,
    more: Partial<Message> = {},
  ): Message => ({
    ts: ts(hours, part),
    user,
    text,
    reactions: [],
    ...more,
  })
  const [ada, bruno, chiara, dmitri] = ['U07ADA0KAF1', 'U07BRUN0LQ2', 'U07CHIARA03', 'U09DMITRI04']
  return [
    {
      id: 'T07FERNHILL',
      name: fernhill.name,
      domain: fernhill.slug,
      bot: 'U07TRUNKB0T',
      members: [
        { id: ada, name: cast.ada.name, email: cast.ada.email },
        { id: bruno, name: cast.bruno.name, email: cast.bruno.email },
        { id: chiara, name: cast.chiara.name, email: cast.chiara.email },
      ],
      channels: [
        {
          id: 'C07GENERAL1',
          name: 'general',
          kind: 'public_channel',
          topic: 'Everyone',
          joined: true,
          members: [ada, bruno, chiara],
          messages: [
            message(30, 1, chiara, 'The new bells have arrived.'),
            message(5, 2, ada, 'Sprint 14 planning is tomorrow at ten.', {
              reactions: [{ name: 'thumbsup', users: [bruno] }],
            }),
          ],
        },
        {
          id: 'C07STOREFR2',
          name: 'storefront',
          kind: 'public_channel',
          topic: 'Shop and checkout',
          joined: true,
          members: [ada, bruno],
          messages: [
            message(26, 3, bruno, 'SHOP-118: the basket is emptied after sign-in.'),
            message(25, 4, ada, 'Reproduced. I have a fix: fernhill/storefront#2', { thread_ts: ts(26, 3) }),
          ],
        },
        {
          id: 'C07RANDOM03',
          name: 'random',
          kind: 'public_channel',
          topic: '',
          joined: false,
          members: [chiara],
          messages: [message(48, 5, chiara, 'Whose helmet is in the kitchen?')],
        },
        {
          id: 'G07LEADS004',
          name: 'leads',
          kind: 'private_channel',
          topic: '',
          joined: true,
          members: [ada, chiara],
          messages: [message(8, 6, chiara, 'Budget for the fleet is approved.')],
        },
        {
          id: 'D07ADAB0T05',
          name: '',
          kind: 'im',
          topic: '',
          joined: true,
          members: [ada],
          messages: [message(3, 7, ada, 'What is open in SHOP?')],
        },
      ],
    },
    {
      id: 'T09QUAYSIDE',
      name: quayside.name,
      domain: quayside.slug,
      bot: 'U09TRUNKB0T',
      members: [{ id: dmitri, name: cast.dmitri.name, email: cast.dmitri.email }],
      channels: [
        {
          id: 'C09GENERAL1',
          name: 'general',
          kind: 'public_channel',
          topic: '',
          joined: true,
          members: [dmitri],
          messages: [message(20, 8, dmitri, 'Drafts for Fernhill are up.')],
        },
      ],
    },
  ]
}
