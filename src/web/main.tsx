/** The dashboard. Everything it does goes through the hub's public API. */
import './style.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { Direction } from 'radix-ui'
import { createRoot } from 'react-dom/client'
import type { MeBody } from '../http/wire.ts'
import { HubContext } from './api/hub-context.tsx'
import { createSend } from './api/http.ts'
import { createHub, type Hub } from './api/hub.ts'
import { keys, meQuery } from './api/queries.ts'
import { createQueryClient } from './frame/query-client.ts'
import { createDashboardRouter } from './routes.tsx'
import { followTheme } from './theme/theme.ts'
import { NowProvider } from './ui/now.tsx'
import { ToastProvider } from './ui/toasts.tsx'

const client = createQueryClient({
  onUnauthenticated: () => {
    if (router.state.location.pathname !== '/sign-in') void router.navigate({ to: '/sign-in', replace: true })
  },
})
const hub: Hub = createHub(
  createSend({
    csrf: () => client.getQueryData<MeBody>(keys.me)?.csrf_token ?? null,
    renewCsrf: async () => (await client.fetchQuery({ ...meQuery(hub), staleTime: 0 })).csrf_token,
  }),
)
const router = createDashboardRouter()

followTheme()
const place = document.getElementById('root')
if (!place) throw new Error('index.html has no #root')
createRoot(place).render(
  <QueryClientProvider client={client}>
    <HubContext value={hub}>
      <Direction.Provider dir={document.documentElement.dir === 'rtl' ? 'rtl' : 'ltr'}>
        <NowProvider>
          <ToastProvider>
            <RouterProvider router={router} />
          </ToastProvider>
        </NowProvider>
      </Direction.Provider>
    </HubContext>
  </QueryClientProvider>,
)
