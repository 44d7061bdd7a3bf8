/** The people who live in every played service, so that one person can be followed across tools by e-mail. */
export const cast = {
  ada: { key: 'ada', name: 'Ada Okafor', email: 'ada@fernhill.example' },
  bruno: { key: 'bruno', name: 'Bruno Lindqvist', email: 'bruno@fernhill.example' },
  chiara: { key: 'chiara', name: 'Chiara Tanaka', email: 'chiara@fernhill.example' },
  dmitri: { key: 'dmitri', name: 'Dmitri Costa', email: 'dmitri@quayside.example' },
} as const

export type CastMember = (typeof cast)[keyof typeof cast]

/** The two organizations they work for. */
export const fernhill = { name: 'Fernhill Bicycles', slug: 'fernhill', domain: 'fernhill.example' } as const
export const quayside = { name: 'Quayside Studio', slug: 'quayside', domain: 'quayside.example' } as const

/** A day in the recent past, as ISO 8601 to the second. */
export function daysAgo(now: number, days: number): string {
  return new Date(now - days * 86_400_000).toISOString().replace(/\.\d+Z$/, 'Z')
}
