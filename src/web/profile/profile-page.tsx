import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useHub } from '../api/hub-context.tsx'
import { profileQuery } from '../people/queries.ts'
import { entryTexts, frameTexts, profileTexts } from '../texts.ts'
import { Notice } from '../ui/notice.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { LoadingNote, Skeleton } from '../ui/skeleton.tsx'
import { useTitle } from '../ui/use-title.ts'
import { About } from './about.tsx'
import { OrganizationsPart } from './organizations-part.tsx'
import { Passkeys } from './passkeys.tsx'
import { PasswordPart } from './password-part.tsx'
import { RecentProvider } from './recent.tsx'
import { Sessions } from './sessions.tsx'
import { SsoPart } from './sso-part.tsx'

const route = getRouteApi('/frame/profile')

/** Who one is here, how one signs in, and where one is signed in. */
export function ProfilePage() {
  useTitle(profileTexts.title)
  const profile = useQuery(profileQuery(useHub()))
  const { problem } = route.useSearch()
  const reason = problem && (entryTexts.problems[problem] ?? entryTexts.problems['failed'])
  return (
    <RecentProvider>
      <div className="mx-auto max-w-3xl">
        <h1 className="text-2xl font-semibold">{profileTexts.title}</h1>
        <p className="mb-5 text-muted">{profileTexts.intro}</p>
        {reason && (
          <Notice tone="bad" role="alert" className="mb-5">
            <p>{reason}</p>
          </Notice>
        )}
        {profile.data ? (
          <div className="space-y-4">
            <About profile={profile.data} />
            <PasswordPart profile={profile.data} />
            <Passkeys />
            <SsoPart profile={profile.data} />
            <OrganizationsPart />
            <Sessions />
          </div>
        ) : profile.error ? (
          <ProblemNotice error={profile.error} onRetry={() => void profile.refetch()} />
        ) : (
          <>
            <LoadingNote>{frameTexts.loading}</LoadingNote>
            <div className="space-y-4">
              {[40, 28, 36, 28, 28, 48].map((height, index) => (
                <Skeleton key={index} className={`rounded-xl ${HEIGHTS[height] ?? ''}`} />
              ))}
            </div>
          </>
        )}
      </div>
    </RecentProvider>
  )
}

const HEIGHTS: Record<number, string> = { 28: 'h-28', 36: 'h-36', 40: 'h-40', 48: 'h-48' }
