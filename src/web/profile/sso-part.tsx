import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ProfileBody } from '../../http/wire.ts'
import { useHub } from '../api/hub-context.tsx'
import { signInOptionsQuery } from '../people/queries.ts'
import { profileTexts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { Section } from '../ui/section.tsx'
import { ConfirmDialog } from './confirm-dialog.tsx'
import { LinkSso } from './link-sso.tsx'

/** Shown where single sign-on is set up, or was. */
export function SsoPart({ profile }: { profile: ProfileBody }) {
  const hub = useHub()
  const options = useQuery(signInOptionsQuery(hub))
  const [unlinking, setUnlinking] = useState(false)
  const linked = profile.single_sign_on
  if (!options.data?.single_sign_on && linked.length === 0) return null
  return (
    <Section
      title={options.data?.single_sign_on?.label ?? profileTexts.sso}
      heading="h2"
      aside={
        linked.length > 0 ? (
          <Button size="small" onClick={() => setUnlinking(true)}>
            {profileTexts.unlink}
          </Button>
        ) : (
          <LinkSso />
        )
      }
    >
      <p className="text-sm break-words text-muted">
        {linked.length > 0 ? profileTexts.ssoLinked(linked.join(', ')) : profileTexts.ssoNone}
      </p>
      {unlinking && (
        <ConfirmDialog
          title={profileTexts.unlink}
          help={profileTexts.ssoLinked(linked.join(', '))}
          action={profileTexts.unlink}
          change={hub.unlinkSso}
          done={profileTexts.unlinked}
          onClose={() => setUnlinking(false)}
        />
      )}
    </Section>
  )
}
