/** Meetings and recordings of the sandbox's Zoom. */
import { cast, type CastMember, fernhill, quayside } from '../cast.ts'

export type User = {
  id: string
  account: string
  name: string
  email: string
  /** 1: Basic (free); 2: Licensed. */
  type: 1 | 2
}
export type Meeting = {
  id: number
  uuid: string
  host: string
  topic: string
  start: string
  duration: number
  participants: { name: string; email: string }[]
  recorded: boolean
  /** Every week at the same time. */
  weekly?: boolean
}
export type Data = { nextId: number; users: User[]; meetings: Meeting[] }

export const zoomIds = {
  ada: 'KDcuGIm1QgePTO8WbOqwAa',
  bruno: 'KDcuGIm1QgePTO8WbOqwBr',
  dmitri: 'KDcuGIm1QgePTO8WbOqwDm',
} as const

export const zoomTime = (time: number) => new Date(time).toISOString().replace(/\.\d+Z$/, 'Z')

export function seedZoom(now: number): Data {
  const user = (who: CastMember & { key: keyof typeof zoomIds }, account: string, type: 1 | 2): User => ({
    id: zoomIds[who.key],
    account,
    name: who.name,
    email: who.email,
    type,
  })
  const meeting = (
    number: number,
    host: keyof typeof zoomIds,
    topic: string,
    days: number,
    people: readonly CastMember[],
    recorded = false,
  ): Meeting => ({
    id: 81_200_000_000 + number,
    uuid: `4444AAAiAAAAAiAiAiii${String(number).padStart(2, '0')}==`,
    host: zoomIds[host],
    topic,
    start: zoomTime(now - days * 86_400_000),
    duration: 30,
    participants: people.map(({ name, email }) => ({ name, email })),
    recorded,
  })
  const [fernhillAccount, quaysideAccount] = [`${fernhill.slug}-q6gBJVO5`, `${quayside.slug}-TkMAaU6o`]
  return {
    nextId: 81_200_000_100,
    users: [
      user(cast.ada, fernhillAccount, 2),
      user(cast.bruno, `${fernhill.slug}-own-b2Xk`, 1),
      user(cast.dmitri, quaysideAccount, 2),
    ],
    meetings: [
      meeting(1, 'ada', 'Sprint review', 3, [cast.ada, cast.bruno, cast.chiara], true),
      meeting(2, 'ada', 'Workshop handover', 1, [cast.ada, cast.chiara]),
      { ...meeting(3, 'ada', 'Sprint planning', -2, []), weekly: true },
      meeting(4, 'bruno', 'Call with the paint supplier', 5, [cast.bruno]),
      meeting(5, 'dmitri', 'Autumn range', 2, [cast.dmitri, cast.ada], true),
    ],
  }
}
