import { useEffect } from 'react'
import { frameTexts } from '../texts/dashboard.ts'

/** The tab's title; screen readers say it when the page changes. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = frameTexts.documentTitle(title)
  }, [title])
}
