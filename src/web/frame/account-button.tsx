import { CircleUser } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useMe } from '../api/hub-context.tsx'
import { frameTexts } from '../texts.ts'
import { iconButtonClass } from './icon-button.ts'

const load = () => import('./user-menu.tsx')
const UserMenu = lazy(load)

/** The account's menu. Its code comes when the button is pointed at: most visits never open it. */
export function AccountButton({ onShortcuts }: { onShortcuts: () => void }) {
  const me = useMe()
  const [wanted, setWanted] = useState(false)
  const button = (
    <button
      type="button"
      aria-label={frameTexts.account(me.name)}
      aria-haspopup="menu"
      aria-expanded={false}
      onPointerEnter={() => void load()}
      onFocus={() => void load()}
      onClick={() => setWanted(true)}
      className={iconButtonClass}
    >
      <CircleUser aria-hidden className="size-5" />
    </button>
  )
  if (!wanted) return button
  return (
    <Suspense fallback={button}>
      <UserMenu onShortcuts={onShortcuts} />
    </Suspense>
  )
}
