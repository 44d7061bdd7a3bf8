/**
 * How far a person has come in the first steps, kept in this browser's storage under their id: nothing of it is worth
 * a row in the database, and a second browser finds the connected account and goes on from there.
 */
import { useCallback, useMemo, useSyncExternalStore } from 'react'
import { useMe } from '../api/hub-context.tsx'

/** `called`: a test call was answered. `left`: put aside, to be taken up again. `done`: read to the end. `begun`:
 * asked for. */
export type TourState = { called?: true; left?: true; done?: true; begun?: true }

const CHANGED = 'trunkline-tour-changed'
const nameOf = (person: string) => `trunkline-tour:${person}`

export function parseTour(stored: string | null): TourState {
  try {
    const value: unknown = JSON.parse(stored ?? '{}')
    if (typeof value !== 'object' || value === null) return {}
    const has = (key: string) => key in value && (value as Record<string, unknown>)[key] === true
    return {
      ...(has('called') && { called: true }),
      ...(has('left') && { left: true }),
      ...(has('done') && { done: true }),
      ...(has('begun') && { begun: true }),
    }
  } catch {
    return {}
  }
}

export function useTour() {
  const { id } = useMe()
  const stored = useSyncExternalStore(
    (notify) => {
      for (const changed of ['storage', CHANGED]) window.addEventListener(changed, notify)
      return () => {
        for (const changed of ['storage', CHANGED]) window.removeEventListener(changed, notify)
      }
    },
    () => read(id),
  )
  const state = useMemo(() => parseTour(stored), [stored])
  const change = useCallback(
    (next: (last: TourState) => TourState) => write(id, JSON.stringify(next(parseTour(read(id))))),
    [id],
  )
  return {
    isLeft: state.left === true,
    isDone: state.done === true,
    isBegun: state.begun === true,
    hasCalled: state.called === true,
    /** A call through a connection was answered. */
    called: useCallback(() => change((last) => ({ ...last, called: true })), [change]),
    leave: useCallback(() => change((last) => ({ ...last, left: true })), [change]),
    finish: useCallback(() => change((last) => ({ ...last, done: true })), [change]),
    /** From where it was left; from the start where it is done. */
    begin: useCallback(
      () => change(({ called, done }) => ({ begun: true, ...(called && !done && { called }) })),
      [change],
    ),
  }
}

function read(person: string): string | null {
  try {
    return localStorage.getItem(nameOf(person))
  } catch {
    // Storage is switched off: steps that cannot be put aside would stand in the way.
    return '{"done":true}'
  }
}

function write(person: string, value: string): void {
  try {
    localStorage.setItem(nameOf(person), value)
  } catch {
    // As above: nothing is shown in the first place.
  }
  window.dispatchEvent(new Event(CHANGED))
}
