import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useHub } from '../api/hub-context.tsx'
import { profileQuery } from '../people/queries.ts'
import { hintTexts } from '../texts.ts'
import { Button, buttonClass } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'

const KEY = 'trunkline-hint-later'

/** For whoever came in by a link and has no other way in yet. */
export function CredentialHint() {
  const profile = useQuery({ ...profileQuery(useHub()), staleTime: 60_000 })
  const [later, setLater] = useState(isPutOff)
  const { data } = profile
  if (!data || later) return null
  if (data.password_set_at !== null || data.passkeys > 0 || data.single_sign_on.length > 0) return null
  return (
    <Notice tone="info" title={hintTexts.title} className="mb-5">
      <p>{hintTexts.text}</p>
      <p className="flex flex-wrap gap-2 pt-1">
        <Link to="/profile" className={buttonClass({ size: 'small', look: 'primary' })}>
          {hintTexts.action}
        </Link>
        <Button
          size="small"
          onClick={() => {
            putOff()
            setLater(true)
          }}
        >
          {hintTexts.later}
        </Button>
      </p>
    </Notice>
  )
}

function isPutOff(): boolean {
  try {
    return sessionStorage.getItem(KEY) !== null
  } catch {
    return false
  }
}

function putOff(): void {
  try {
    sessionStorage.setItem(KEY, '1')
  } catch {
    // Storage is switched off: it is shown again with the next page.
  }
}
