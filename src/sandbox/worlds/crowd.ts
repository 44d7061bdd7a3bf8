/**
 * What a real organization has hundreds of: made from its number alone, so that it is the same in every run and
 * nothing of it has to be kept.
 */
export type Extra = {
  /** 0, 1, 2 ... */
  number: number
  /** Lower case, with hyphens; each once. */
  name: string
  /** The same as a title. */
  title: string
  team: string
  /** One in five. */
  private: boolean
  /** One in nineteen. */
  archived: boolean
}

const TEAMS = [
  'atlas', 'basket', 'billing', 'brakes', 'catalogue', 'checkout', 'couriers', 'data', 'delivery', 'design',
  'fleet', 'frames', 'growth', 'helmets', 'identity', 'insights', 'inventory', 'kiosk', 'logistics', 'loyalty',
  'maps', 'mobile', 'orders', 'parts', 'payments', 'platform', 'pricing', 'rental', 'repairs', 'search',
  'showroom', 'support', 'telemetry', 'wheels', 'workshop',
] as const // biome-ignore format: a list of words
const THINGS = [
  'api', 'app', 'archive', 'bridge', 'café', 'console', 'docs', 'events', 'experiments', 'gateway',
  'importer', 'incidents', 'jobs', 'library', 'mailer', 'metrics', 'migration', 'proxy', 'reports', 'scheduler',
  'service', 'standup', 'tools', 'web', 'worker',
] as const // biome-ignore format: a list of words

/** What a service shows beside its few hand-made ones, unless a test asks for more. */
export const USUAL = 420

export function crowd(count: number): Extra[] {
  return Array.from({ length: count }, (_, number) => {
    // Neighbours differ in both words; after all pairs were had, a number tells them apart.
    const team = TEAMS[number % TEAMS.length] as string
    const thing = THINGS[(number + Math.floor(number / TEAMS.length)) % THINGS.length] as string
    const round = Math.floor(number / (TEAMS.length * THINGS.length))
    const name = `${team}-${thing}${round > 0 ? `-${round + 1}` : ''}`
    return {
      number,
      name,
      title: name
        .split('-')
        .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
        .join(' '),
      team,
      private: number % 5 === 3,
      archived: number % 19 === 7,
    }
  })
}
