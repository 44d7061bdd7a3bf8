import { useMutation } from '@tanstack/react-query'
import { useHub } from '../api/hub-context.tsx'
import { profileTexts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { useRecent } from './recent.tsx'

export function LinkSso() {
  const hub = useHub()
  const recent = useRecent()
  const begin = useMutation({
    mutationFn: () => recent(() => hub.beginSso('link')),
    onSuccess: ({ authorization_url }) => window.location.assign(authorization_url),
  })
  return (
    <div className="space-y-2">
      <Button size="small" busy={begin.isPending || begin.isSuccess} onClick={() => begin.mutate()}>
        {profileTexts.link}
      </Button>
      {begin.error && <ProblemNotice error={begin.error} />}
    </div>
  )
}
