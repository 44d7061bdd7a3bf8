import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { ArrowLeft, Trash2 } from 'lucide-react'
import type { ReactNode } from 'react'
import type { IntegrationDetailBody, ProviderDetailBody } from '../../http/wire.ts'
import type { SettingsChange } from '../api/hub.ts'
import { useHub } from '../api/hub-context.tsx'
import { integrationQuery, keys, providerQuery } from '../api/queries.ts'
import { useConnect } from '../connecting/connect-context.tsx'
import { StepText } from '../integration/step-text.tsx'
import { adminTexts, frameTexts, setupListTexts, wizardTexts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { ExternalLink } from '../ui/external-link.tsx'
import { Logo } from '../ui/logo.tsx'
import { Notice } from '../ui/notice.tsx'
import { Pasted } from '../ui/pasted.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { Section } from '../ui/section.tsx'
import { LoadingNote, Skeleton } from '../ui/skeleton.tsx'
import { useToasts } from '../ui/toasts.tsx'
import { AdminPage } from './admin-page.tsx'
import { StateBadge } from './state-badge.tsx'
import { WizardCheck } from './wizard-check.tsx'
import { WizardCredentials } from './wizard-credentials.tsx'
import { WizardParameters } from './wizard-parameters.tsx'
import { WizardScopes } from './wizard-scopes.tsx'

const route = getRouteApi('/frame/admin/setup/$id')

/** Setting up one provider, step by step; every step saves by itself, so that one may come back later. */
export function WizardPage() {
  const { id } = route.useParams()
  const hub = useHub()
  const provider = useQuery(providerQuery(hub, id))
  const integration = useQuery(integrationQuery(hub, id))
  const error = provider.error ?? integration.error
  return (
    <AdminPage
      title={wizardTexts.title(provider.data?.name ?? id)}
      intro={integration.data ? wizardTexts.state[integration.data.state] : ''}
      actions={
        <Link
          to="/admin/setup"
          className="inline-flex items-center gap-1.5 text-sm text-accent underline underline-offset-2"
        >
          <ArrowLeft aria-hidden className="size-4 rtl:-scale-x-100" />
          {wizardTexts.back}
        </Link>
      }
    >
      {provider.data && integration.data ? (
        <Wizard key={id} provider={provider.data} integration={integration.data} />
      ) : error ? (
        <ProblemNotice
          error={error}
          onRetry={() => void Promise.all([provider.refetch(), integration.refetch()])}
        />
      ) : (
        <>
          <LoadingNote>{frameTexts.loading}</LoadingNote>
          <Skeleton className="h-96 rounded-xl" />
        </>
      )}
    </AdminPage>
  )
}

/** After any change: what the page shows, what the cards show, and what Connect offers. */
export function useSetupChanged(id: string): () => Promise<void> {
  const client = useQueryClient()
  return async () => {
    await Promise.all([
      client.invalidateQueries({ queryKey: keys.integrations }),
      client.invalidateQueries({ queryKey: keys.providers }),
      client.invalidateQueries({ queryKey: keys.secrets }),
      client.invalidateQueries({ queryKey: keys.doctor }),
    ])
    await client.invalidateQueries({ queryKey: keys.provider(id) })
  }
}

function Wizard({
  provider,
  integration,
}: {
  provider: ProviderDetailBody
  integration: IntegrationDetailBody
}) {
  const connect = useConnect()
  const hub = useHub()
  const { say } = useToasts()
  const changed = useSetupChanged(provider.id)
  const change = useMutation({
    mutationFn: (settings: SettingsChange) => hub.changeIntegration(provider.id, settings),
    onSuccess: async () => {
      await changed()
      say({ tone: 'ok', text: adminTexts.saved })
    },
  })
  const { setup, name } = provider
  const usesClient = provider.methods.some(({ kind }) => kind === 'oauth2' || kind === 'fragment')
  const steps: { title: string; aside?: ReactNode; body: ReactNode }[] = []
  if (integration.parameters.length > 0)
    steps.push({
      title: wizardTexts.where,
      body: (
        <WizardParameters
          parameters={integration.parameters}
          onSave={(parameters) => change.mutate({ parameters })}
          busy={change.isPending}
          error={change.error}
        />
      ),
    })
  steps.push({
    title: wizardTexts.register,
    aside: (
      <ExternalLink href={setup.console_url} className="text-sm">
        {wizardTexts.console(name)}
      </ExternalLink>
    ),
    body: <Instructions setup={setup} />,
  })
  if (integration.redirect_uri || integration.scopes.requested.length > 0)
    steps.push({
      title: wizardTexts.paste,
      body: (
        <div className="space-y-5">
          {integration.redirect_uri && (
            <Pasted label={wizardTexts.redirectUri} value={integration.redirect_uri} />
          )}
          {integration.scopes.requested.length > 0 && (
            <WizardScopes
              key={JSON.stringify(integration.scopes)}
              provider={provider}
              integration={integration}
              onSave={change.mutate}
              busy={change.isPending}
              error={change.error}
            />
          )}
        </div>
      ),
    })
  if (integration.variables.length > 0)
    steps.push({
      title: wizardTexts.give,
      body: <WizardCredentials integration={integration} onSaved={changed} />,
    })
  if (usesClient) steps.push({ title: wizardTexts.check, body: <WizardCheck integration={integration} /> })
  const isReady = integration.state === 'ready'
  steps.push({
    title: wizardTexts.done,
    body: isReady ? (
      <div className="space-y-3">
        <p className="text-sm">{wizardTexts.doneHelp(name)}</p>
        <Button look="primary" onClick={() => connect({ kind: 'connect', provider: provider.id })}>
          {wizardTexts.connect(name)}
        </Button>
      </div>
    ) : (
      <p className="text-sm text-muted">{wizardTexts.notDone}</p>
    ),
  })
  return (
    <div className="max-w-3xl space-y-5">
      <div className="flex flex-wrap items-center gap-3" aria-live="polite">
        <Logo name={name} src={provider.logo} />
        <StateBadge state={integration.state} />
        {integration.missing.length > 0 && (
          <span className="text-sm break-words text-muted">
            {setupListTexts.missing(integration.missing)}
          </span>
        )}
      </div>
      {integration.endpoints.length > 0 && (
        <Notice tone="warn" title={wizardTexts.endpoints}>
          <ul className="space-y-1.5">
            {integration.endpoints.map(({ host, base_url, source }) => (
              <li key={host} className="flex flex-wrap items-center gap-2">
                <code className="text-xs break-all">
                  {host} → {base_url}
                </code>
                {source === 'settings' && (
                  <Button
                    size="small"
                    aria-label={wizardTexts.removeEndpoint(host)}
                    busy={change.isPending}
                    onClick={() => change.mutate({ endpoints: { [host]: null } })}
                  >
                    <Trash2 aria-hidden className="size-4" />
                  </Button>
                )}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {steps.map(({ title, aside, body }, index) => (
        <Section key={title} heading="h2" title={`${index + 1}. ${title}`} aside={aside}>
          {body}
        </Section>
      ))}
    </div>
  )
}

function Instructions({ setup }: { setup: ProviderDetailBody['setup'] }) {
  return (
    <div className="space-y-4 text-sm">
      {setup.prerequisites.length > 0 && (
        <div>
          <h3 className="mb-1.5 font-medium">{wizardTexts.prerequisites}</h3>
          <ul className="list-disc space-y-1.5 ps-5">
            {setup.prerequisites.map((item) => (
              <li key={item}>
                <StepText text={item} />
              </li>
            ))}
          </ul>
        </div>
      )}
      {setup.steps.length > 0 && (
        <ol className="list-decimal space-y-2 ps-5">
          {setup.steps.map((step) => (
            <li key={step}>
              <StepText text={step} />
            </li>
          ))}
        </ol>
      )}
      {setup.notes.length > 0 && (
        <ul className="list-disc space-y-1.5 ps-5 text-muted">
          {setup.notes.map((note) => (
            <li key={note}>
              <StepText text={note} />
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
