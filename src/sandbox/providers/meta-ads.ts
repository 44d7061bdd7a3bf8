/** Meta Ads: ad accounts of two businesses, campaigns with results that can be paused. */
import { playMeta } from '../families/meta.ts'

export default playMeta({
  legend: 'Ad accounts to share',
  assets: ({ ads }) => ads,
  values: (tools, world) => ({
    accessToken: tools.hold({
      account: world.businesses[0]?.people[0] ?? '',
      make: (derive) => `EAA${derive('token', 160)}`,
    }),
  }),
})
