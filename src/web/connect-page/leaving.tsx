import { useEffect, useState } from 'react'
import { resultTexts } from '../texts/connect.ts'
import { Button, buttonClass } from '../ui/button.tsx'

/** Long enough to read that it worked. */
const READING_TIME = 1500

/**
 * Out of the result page: back to the page that this tab left, or the tab closes itself. Browsers close a tab only
 * for the page that opened it; when they do not, the person is told.
 */
export function Leaving({ back, succeeded }: { back: string | null; succeeded: boolean }) {
  const [stuck, setStuck] = useState(false)
  const close = () => {
    window.close()
    // Still here a moment later: the browser keeps the tab.
    setTimeout(() => setStuck(true), 400)
  }
  useEffect(() => {
    if (!succeeded) return
    const timer = setTimeout(() => (back ? window.location.replace(back) : close()), READING_TIME)
    return () => clearTimeout(timer)
  }, [succeeded, back])

  if (back) {
    return (
      <a href={back} className={buttonClass({ look: 'primary' })}>
        {resultTexts.backHere}
      </a>
    )
  }
  return (
    <div className="space-y-3">
      {stuck && <p className="text-sm text-muted">{resultTexts.cannotClose}</p>}
      <div className="flex flex-wrap gap-2">
        <Button look="primary" onClick={close}>
          {resultTexts.close}
        </Button>
        <a href="/" className={buttonClass()}>
          {resultTexts.toDashboard}
        </a>
      </div>
    </div>
  )
}
