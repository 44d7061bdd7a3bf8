/** The small pages beside the dashboard: the public connect page, and where an authorization's tab ends. */
import './style.css'
import { createRoot } from 'react-dom/client'
import { createLinkClient, linkTokenOf } from './connect-page/link-client.ts'
import { LinkPage } from './connect-page/link-page.tsx'
import { ResultPage } from './connect-page/result-page.tsx'
import { Shell } from './connect-page/shell.tsx'

const place = document.getElementById('root')
if (!place) throw new Error('connect.html has no #root')
const token = linkTokenOf(window.location.pathname)
createRoot(place).render(
  <Shell>
    {token === null ? (
      <ResultPage search={new URLSearchParams(window.location.search)} storage={window.sessionStorage} />
    ) : (
      <LinkPage client={createLinkClient(token)} />
    )}
  </Shell>,
)
