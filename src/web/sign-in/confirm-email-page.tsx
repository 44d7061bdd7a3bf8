import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useHub } from '../api/hub-context.tsx'
import { confirmEmailTexts, invitedTexts } from '../texts.ts'
import { buttonClass } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { useTitle } from '../ui/use-title.ts'
import { EntryCard } from './entry-card.tsx'
import { useFragmentToken } from './fragment.ts'
import { SignInForms } from './sign-in-forms.tsx'
import { useHere } from './use-here.ts'

/** Where the letter about a new address leads: it counts in a session of the person who asked. */
export function ConfirmEmailPage() {
  useTitle(confirmEmailTexts.title)
  const token = useFragmentToken()
  const hub = useHub()
  const client = useQueryClient()
  const { me, error, ask } = useHere()
  const confirm = useMutation({
    mutationFn: () => hub.confirmEmail(token),
    onSuccess: () => void client.invalidateQueries(),
  })
  const { mutate } = confirm
  const sent = useRef(false)
  useEffect(() => {
    if (!me || !token || sent.current) return
    sent.current = true
    mutate()
  }, [me, token, mutate])
  return (
    <EntryCard title={confirmEmailTexts.title}>
      {!token ? (
        <Notice tone="bad" role="alert">
          <p>{invitedTexts.missing}</p>
        </Notice>
      ) : confirm.isSuccess ? (
        <>
          <p role="status" className="mb-5">
            {confirmEmailTexts.done}
          </p>
          <Link to="/profile" className={buttonClass({ look: 'primary' })}>
            {confirmEmailTexts.toProfile}
          </Link>
        </>
      ) : confirm.error || error ? (
        <ProblemNotice error={confirm.error ?? error} />
      ) : me === null ? (
        <>
          <p className="mb-4 text-muted">{confirmEmailTexts.signInFirst}</p>
          <SignInForms onSignedIn={() => void ask()} />
        </>
      ) : (
        <Skeleton className="h-24" />
      )}
    </EntryCard>
  )
}
