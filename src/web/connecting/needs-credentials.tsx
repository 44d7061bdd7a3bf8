import { Link } from '@tanstack/react-router'
import type { ProviderDetailBody } from '../../http/wire.ts'
import { useMe } from '../api/hub-context.tsx'
import { connectTexts, integrationTexts, wizardTexts } from '../texts.ts'
import { Button, buttonClass } from '../ui/button.tsx'
import { DialogActions } from '../ui/dialog-actions.tsx'
import { Notice } from '../ui/notice.tsx'

/** Connecting is not possible yet: the operator has to register an OAuth client first. */
export function NeedsCredentials({
  provider,
  onClose,
}: {
  provider: ProviderDetailBody
  onClose: () => void
}) {
  const isAdmin = useMe().role === 'admin'
  return (
    <>
      <Notice tone="warn" title={integrationTexts.unconfiguredTitle(provider.name)}>
        <p>{integrationTexts.unconfigured}</p>
      </Notice>
      <DialogActions>
        <Button onClick={onClose}>{connectTexts.cancel}</Button>
        {isAdmin ? (
          <Link
            to="/admin/setup/$id"
            params={{ id: provider.id }}
            onClick={onClose}
            className={buttonClass({ look: 'primary' })}
          >
            {wizardTexts.title(provider.name)}
          </Link>
        ) : (
          <Link
            to="/integrations/$id"
            params={{ id: provider.id }}
            search={{ tab: 'setup' }}
            onClick={onClose}
            className={buttonClass({ look: 'primary' })}
          >
            {integrationTexts.openSetup}
          </Link>
        )}
      </DialogActions>
    </>
  )
}
