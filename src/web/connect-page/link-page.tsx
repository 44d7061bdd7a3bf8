import { useCallback, useEffect, useRef, useState } from 'react'
import type { ConnectPageBody } from '../../http/wire.ts'
import { problemOf } from '../api/http.ts'
import { linkTexts, problemTexts } from '../texts/connect.ts'
import { Button } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { LoadingNote, Skeleton } from '../ui/skeleton.tsx'
import type { LinkClient } from './link-client.ts'
import { LinkConnect } from './link-connect.tsx'
import { ProviderPicker } from './provider-picker.tsx'
import { useLoaded } from './use-loaded.ts'

/** What an end user of a host application sees: which services, what is asked for, and the way to connect. */
export function LinkPage({ client }: { client: LinkClient }) {
  const page = useLoaded(client.page)
  useEffect(() => {
    document.title = linkTexts.documentTitle
  }, [])
  if (page.data) return <Offer client={client} page={page.data} />
  if (page.error) return <Unusable error={page.error} onRetry={page.reload} />
  return (
    <div className="space-y-4">
      <LoadingNote>{linkTexts.loading}</LoadingNote>
      <Skeleton className="h-8 w-4/5" />
      <Skeleton className="h-5" />
      <Skeleton className="h-64" />
    </div>
  )
}

function Unusable({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const problem = problemOf(error)
  const passing = problem.retry === 'later'
  return (
    <div className="space-y-4">
      <h1 className="text-xl font-semibold">{passing ? problem.title : linkTexts.expiredTitle}</h1>
      <Notice tone="bad" role="alert">
        <p>{problem.detail}</p>
      </Notice>
      {passing && <Button onClick={onRetry}>{problemTexts.retry}</Button>}
    </div>
  )
}

function Offer({ client, page }: { client: LinkClient; page: ConnectPageBody }) {
  const only = page.providers.length === 1 ? page.providers[0] : undefined
  const [chosen, setChosen] = useState(only)
  const heading = useRef<HTMLHeadingElement>(null)
  const first = useRef(true)
  // The focus follows the step.
  useEffect(() => {
    if (!first.current) heading.current?.focus()
    first.current = false
  }, [chosen])
  const back = useCallback(() => setChosen(undefined), [])
  if (chosen) {
    return (
      <LinkConnect
        client={client}
        page={page}
        provider={chosen}
        heading={heading}
        onBack={only ? undefined : back}
      />
    )
  }
  return (
    <>
      <h1 ref={heading} tabIndex={-1} className="text-xl font-semibold outline-none">
        {linkTexts.title(page.organization)}
      </h1>
      <p className="mt-1.5 mb-5 text-sm text-muted">{linkTexts.intro(page.organization)}</p>
      <ProviderPicker providers={page.providers} onChoose={setChosen} />
    </>
  )
}
