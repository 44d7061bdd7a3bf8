import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ConnectionBody } from '../../http/wire.ts'
import { useHub } from '../api/hub-context.tsx'
import { providerQuery } from '../api/queries.ts'
import { frameTexts, reportTexts } from '../texts.ts'
import { StepText } from '../integration/step-text.tsx'
import { LoadingNote, Skeleton } from '../ui/skeleton.tsx'

/** Whether somebody has to do something at the provider before access can be verified. */
export function hasSteps({ method, status }: ConnectionBody): boolean {
  return method === 'verified_access' && status.status === 'setup_required'
}

/** What is missing at the provider, step by step, where access is verified and not authorized. */
export function AdminSteps({ connection, open = false }: { connection: ConnectionBody; open?: boolean }) {
  const [wanted, setWanted] = useState(open)
  const { data } = useQuery({ ...providerQuery(useHub(), connection.provider), enabled: wanted })
  if (!hasSteps(connection)) return null
  const steps = data?.methods.find(({ kind }) => kind === connection.method)?.instructions
  return (
    <details
      open={open}
      onToggle={(event) => event.currentTarget.open && setWanted(true)}
      className="relative rounded-lg bg-warn-tint px-3 py-2 text-sm"
    >
      <summary className="font-medium">{reportTexts.steps}</summary>
      {steps ? (
        <ol className="mt-2 list-decimal space-y-1 ps-5">
          {steps.map((step) => (
            <li key={step}>
              <StepText text={step} />
            </li>
          ))}
        </ol>
      ) : wanted ? (
        <>
          <LoadingNote>{frameTexts.loading}</LoadingNote>
          <Skeleton className="mt-2 h-32" />
        </>
      ) : null}
    </details>
  )
}
