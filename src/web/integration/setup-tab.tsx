import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { ProviderDetailBody } from '../../http/wire.ts'
import { useMe } from '../api/hub-context.tsx'
import { setupTexts, wizardTexts } from '../texts.ts'
import { buttonClass } from '../ui/button.tsx'
import { ExternalLink } from '../ui/external-link.tsx'
import { Notice } from '../ui/notice.tsx'
import { Pasted } from '../ui/pasted.tsx'
import { Section } from '../ui/section.tsx'
import { EnvTable } from './env-table.tsx'
import { StepText } from './step-text.tsx'

/** Everything needed to use the provider with credentials of one's own, drawn from its declaration. */
export function SetupTab({ provider }: { provider: ProviderDetailBody }) {
  const { setup, name } = provider
  const isAdmin = useMe().role === 'admin'
  return (
    <div className="gap-5 space-y-5 lg:grid lg:grid-cols-2 lg:items-start lg:space-y-0">
      <div className="space-y-5 lg:col-span-2">
        <p className="max-w-prose text-muted">{setupTexts.intro(name)}</p>
        <Notice tone={provider.mode === 'live' ? 'ok' : provider.mode === 'unconfigured' ? 'warn' : 'info'}>
          <p>{stateOf(provider)}</p>
        </Notice>
        {isAdmin && (
          <Link
            to="/admin/setup/$id"
            params={{ id: provider.id }}
            className={buttonClass({ look: 'primary' })}
          >
            {wizardTexts.title(name)}
          </Link>
        )}
      </div>
      <div className="space-y-5">
        <Section
          heading="h2"
          title={setupTexts.steps}
          aside={
            <ExternalLink href={setup.console_url} className="text-sm">
              {setupTexts.console(name)}
            </ExternalLink>
          }
        >
          {setup.prerequisites.length > 0 && (
            <Block title={setupTexts.prerequisites}>
              <Bullets items={setup.prerequisites} />
            </Block>
          )}
          <ol className="list-decimal space-y-2 ps-5 text-sm">
            {setup.steps.map((step) => (
              <li key={step}>
                <StepText text={step} />
              </li>
            ))}
          </ol>
          {setup.after.length > 0 && (
            <Block title={setupTexts.after}>
              <Bullets items={setup.after} />
            </Block>
          )}
          {setup.notes.length > 0 && (
            <Block title={setupTexts.notes}>
              <Bullets items={setup.notes} />
            </Block>
          )}
        </Section>
        {provider.methods
          .filter(({ kind }) => kind === 'installed_app')
          .map((method) => (
            <Section key={method.kind} heading="h2" title={method.label}>
              <p className="mb-3 text-sm text-muted">{setupTexts.installed(name)}</p>
              <ol className="list-decimal space-y-1.5 ps-5 text-sm">
                {method.instructions.map((step) => (
                  <li key={step}>{step}</li>
                ))}
              </ol>
            </Section>
          ))}
        <Section heading="h2" title={setupTexts.revoke(name)}>
          <ol className="list-decimal space-y-1.5 ps-5 text-sm">
            {setup.revoke.steps.map((step) => (
              <li key={step}>
                <StepText text={step} />
              </li>
            ))}
          </ol>
          <p className="mt-3 text-sm">
            <ExternalLink href={setup.revoke.url}>{setupTexts.revokePage(name)}</ExternalLink>
          </p>
        </Section>
      </div>
      <div className="space-y-5">
        {(provider.redirect_uri || provider.requested_scopes.length > 0) && (
          <Section heading="h2" title={setupTexts.paste}>
            <div className="space-y-4">
              {provider.redirect_uri && (
                <Pasted label={setupTexts.redirectUri} value={provider.redirect_uri} />
              )}
              {provider.requested_scopes.length > 0 && (
                <Pasted
                  label={setupTexts.scopes}
                  help={setupTexts.scopesHelp}
                  value={provider.requested_scopes.join('\n')}
                />
              )}
            </div>
          </Section>
        )}
        {provider.env.length > 0 && (
          <Section heading="h2" title={setupTexts.give}>
            <p className="mb-3 text-sm text-muted">{setupTexts.giveHelp}</p>
            <EnvTable env={provider.env} />
          </Section>
        )}
        <Facts provider={provider} />
      </div>
    </div>
  )
}

function stateOf(provider: ProviderDetailBody): string {
  if (!provider.methods.some(({ kind }) => kind === 'oauth2' || kind === 'fragment'))
    return setupTexts.noClient
  return setupTexts[provider.mode]
}

function Block({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="my-4 first:mt-0 last:mb-0">
      <h3 className="mb-1.5 text-sm font-medium">{title}</h3>
      {children}
    </div>
  )
}

function Bullets({ items }: { items: readonly string[] }) {
  return (
    <ul className="list-disc space-y-1.5 ps-5 text-sm">
      {items.map((item) => (
        <li key={item}>
          <StepText text={item} />
        </li>
      ))}
    </ul>
  )
}

function Facts({ provider }: { provider: ProviderDetailBody }) {
  const { pkce } = provider
  return (
    <Section heading="h2" title={setupTexts.hosts}>
      <ul className="space-y-1 text-sm">
        {provider.hosts.map((host) => (
          <li key={host}>
            <code className="text-xs">{host}</code>
          </li>
        ))}
      </ul>
      {pkce && (
        <p className="mt-3 text-sm text-muted">
          {pkce.used ? setupTexts.pkceOn : setupTexts.pkceOff(pkce.reason_off ?? '')}
        </p>
      )}
      {provider.doubts.length > 0 && (
        <Block title={setupTexts.doubts}>
          <Bullets items={provider.doubts} />
        </Block>
      )}
      {provider.checked && (
        <p className="mt-3 text-sm text-muted">
          {setupTexts.checked}: <time dateTime={provider.checked}>{provider.checked}</time>
        </p>
      )}
    </Section>
  )
}
