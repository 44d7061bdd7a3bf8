/** The dashboard. Everything it does goes through the hub's public API. */
import './style.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { Direction } from 'radix-ui'
import { createRoot } from 'react-dom/client'
import type { MeBody } from '../http/wire.ts'
import { HubContext } from './api/hub-context.tsx'
import { createSend, problemOf } from './api/http.ts'
import { createHub, type Hub } from './api/hub.ts'
import { keys, meQuery } from './api/queries.ts'
import { createQueryClient } from './frame/query-client.ts'
import { createSessionWatch } from './frame/session-watch.ts'
import { createDashboardRouter } from './routes.tsx'
import { rememberPage } from './sign-in/next-page.ts'
import { followTheme } from './theme/theme.ts'
import { NowProvider } from './ui/now.tsx'
import { ToastProvider } from './ui/toasts.tsx'

const ENTRY: ReadonlySet<string> = new Set(['/sign-in', '/invitation', '/reset-password', '/confirm-email'])

const watch = createSessionWatch({
  isSignedIn: () =>
    hub.me().then(
      () => true,
      (error: unknown) => {
        if (problemOf(error).code !== 'unauthenticated') throw error
        return false
      },
    ),
  onFresh: () => void client.invalidateQueries(),
  onOver: () => {
    rememberPage(router.state.location.href)
    void router.navigate({ to: '/sign-in', replace: true })
  },
})
const client = createQueryClient({
  // Whoever is on one of those pages is not expected to be signed in.
  onUnauthenticated: () => ENTRY.has(router.state.location.pathname) || watch(),
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
