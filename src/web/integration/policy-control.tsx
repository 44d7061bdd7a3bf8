import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { PolicyBody, ProviderDetailBody } from '../../http/wire.ts'
import { policiesQuery } from '../api/governance.ts'
import { useHub, useMe } from '../api/hub-context.tsx'
import { keys } from '../api/queries.ts'
import { policyTexts } from '../texts.ts'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { Section } from '../ui/section.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { useToasts } from '../ui/toasts.tsx'

const POLICIES = ['own_first', 'personal', 'organization'] as const satisfies PolicyBody['policy'][]

/** Whose connections the organization wants; for administrators. */
export function PolicyControl({ provider }: { provider: Pick<ProviderDetailBody, 'id' | 'name'> }) {
  const me = useMe()
  return me.role === 'admin' ? <Control provider={provider} /> : null
}

function Control({ provider }: { provider: Pick<ProviderDetailBody, 'id' | 'name'> }) {
  const hub = useHub()
  const client = useQueryClient()
  const { say } = useToasts()
  const policies = useQuery(policiesQuery(hub))
  const save = useMutation({
    mutationFn: (policy: PolicyBody['policy']) => hub.setPolicy(provider.id, policy),
    onSuccess: async () => {
      await Promise.all(
        [keys.policies, keys.providers, keys.connections].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      )
      say({ tone: 'ok', text: policyTexts.saved })
    },
  })
  const set = policies.data?.find((policy) => policy.provider === provider.id)
  const current = save.isPending ? save.variables : (set?.policy ?? 'own_first')
  return (
    <Section heading="h2" title={policyTexts.title}>
      <p className="mb-3 max-w-prose text-sm text-muted">{policyTexts.help(provider.name)}</p>
      {policies.data ? (
        <fieldset disabled={save.isPending} className="grid gap-2 md:grid-cols-3">
          <legend className="sr-only">{policyTexts.title}</legend>
          {POLICIES.map((policy) => (
            <label
              key={policy}
              className="flex gap-2.5 rounded-md border border-line px-3 py-2 text-sm has-checked:border-accent has-checked:bg-accent-tint"
            >
              <input
                type="radio"
                name="policy"
                className="mt-0.5 size-4 shrink-0 accent-accent"
                checked={policy === current}
                onChange={() => save.mutate(policy)}
              />
              <span className="min-w-0">
                {policyTexts.names[policy]}
                <span className="block text-muted">{policyTexts.helps[policy]}</span>
              </span>
            </label>
          ))}
        </fieldset>
      ) : policies.error ? (
        <ProblemNotice error={policies.error} onRetry={() => void policies.refetch()} />
      ) : (
        <Skeleton className="h-24 rounded-md" />
      )}
      <div role="status">
        {(set?.excluded ?? 0) > 0 && (
          <p className="mt-3 text-sm text-warn">{policyTexts.excluded(set?.excluded ?? 0)}</p>
        )}
      </div>
      {save.error && (
        <div className="mt-3">
          <ProblemNotice error={save.error} />
        </div>
      )}
    </Section>
  )
}
