import { useMutation } from '@tanstack/react-query'
import type { ClientCheckBody, IntegrationDetailBody } from '../../http/wire.ts'
import { useHub } from '../api/hub-context.tsx'
import { wizardTexts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'

const TONES = {
  accepted: 'ok',
  refused: 'bad',
  unclear: 'warn',
  not_possible: 'info',
} as const satisfies Record<ClientCheckBody['outcome'], string>

/** Asks the provider whether it knows the client; says what the answer is worth. */
export function WizardCheck({ integration }: { integration: IntegrationDetailBody }) {
  const hub = useHub()
  const check = useMutation({ mutationFn: () => hub.checkClient(integration.provider) })
  const isSet = integration.variables
    .filter(({ required }) => required)
    .every(({ source }) => source !== null)
  return (
    <div className="space-y-3">
      <p className="text-sm text-muted">{wizardTexts.checkHelp(integration.name)}</p>
      {isSet ? (
        <Button busy={check.isPending} onClick={() => check.mutate()}>
          {wizardTexts.checkNow}
        </Button>
      ) : (
        <p className="text-sm text-muted">{wizardTexts.notDone}</p>
      )}
      <div role="status">
        {check.data && (
          <Notice tone={TONES[check.data.outcome]} title={wizardTexts.outcomes[check.data.outcome]}>
            <p>{check.data.detail}</p>
          </Notice>
        )}
      </div>
      {check.error && <ProblemNotice error={check.error} />}
    </div>
  )
}
