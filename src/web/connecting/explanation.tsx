import { FlaskConical } from 'lucide-react'
import type { MethodBody } from '../../http/wire.ts'
import { connectTexts } from '../texts/connect.ts'
import type { Connectable } from './connectable.ts'

/** What is going to happen, before anything is asked. */
export function Explanation({
  provider,
  method,
  account,
  leavesInThisTab,
}: {
  provider: Connectable
  method: MethodBody
  account: string | undefined
  leavesInThisTab: boolean
}) {
  const here = leavesInThisTab && method.kind !== 'browser_login'
  return (
    <div className="space-y-3 text-sm">
      <p>
        {method.kind === 'verified_access'
          ? connectTexts.explainVerified(provider.name)
          : !method.redirects
            ? connectTexts.explainSecret(provider.name)
            : here
              ? connectTexts.explainRedirectHere(provider.name)
              : connectTexts.explainRedirect(provider.name)}
      </p>
      {account !== undefined && <p>{connectTexts.explainReconnect(account)}</p>}
      {provider.mode === 'sandbox' && (
        <p className="flex gap-2 text-muted">
          <FlaskConical aria-hidden className="mt-0.5 size-4 shrink-0" />
          {connectTexts.explainSandbox(provider.name)}
        </p>
      )}
    </div>
  )
}
