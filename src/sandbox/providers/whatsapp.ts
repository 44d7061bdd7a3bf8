/** WhatsApp Business: accounts of two businesses, their numbers and templates, messages that are accepted. */
import { playMeta } from '../families/meta.ts'
import { isEdge } from '../worlds/graph-nodes.ts'

export default playMeta({
  legend: 'WhatsApp accounts to share',
  assets: ({ whatsapp }) => whatsapp,
  configured: ['whatsapp_business_management', 'whatsapp_business_messaging'],
  values: (tools, world) => {
    const [business] = world.businesses
    const [account] = business?.whatsapp ?? []
    const numbers = account?.['phone_numbers']
    return {
      accessToken: tools.hold({
        account: business?.people[0] ?? '',
        make: (derive) => `EAA${derive('token', 160)}`,
      }),
      phoneNumberId: (isEdge(numbers) ? numbers[0]?.id : undefined) ?? '',
      wabaId: account?.id ?? '',
    }
  },
})
