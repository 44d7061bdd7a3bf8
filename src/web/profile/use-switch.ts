import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useHub } from '../api/hub-context.tsx'
import { meQuery } from '../api/queries.ts'
import { profileTexts } from '../texts.ts'
import { useToasts } from '../ui/toasts.tsx'

/** Goes on in another organization: everything that was read belongs to the former one. */
export function useSwitchOrganization() {
  const hub = useHub()
  const client = useQueryClient()
  const router = useRouter()
  const { say } = useToasts()
  return useMutation({
    mutationFn: hub.switchOrganization,
    onSuccess: async () => {
      await router.navigate({ to: '/' })
      await client.resetQueries()
      const { organization } = await client.fetchQuery(meQuery(hub))
      say({ tone: 'ok', text: profileTexts.switched(organization.name) })
    },
  })
}
