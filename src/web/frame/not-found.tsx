import { Link } from '@tanstack/react-router'
import { Compass } from 'lucide-react'
import { notFoundTexts } from '../texts.ts'
import { buttonClass } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { useTitle } from '../ui/use-title.ts'

export function NotFound() {
  useTitle(notFoundTexts.title)
  return (
    <EmptyState icon={Compass} heading="h1" title={notFoundTexts.title} detail={notFoundTexts.detail}>
      <Link to="/" className={buttonClass({ look: 'primary' })}>
        {notFoundTexts.back}
      </Link>
    </EmptyState>
  )
}
