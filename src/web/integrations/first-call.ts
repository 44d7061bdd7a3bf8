/** Whether this browser has seen a first call through the hub: the newcomer's steps are over then. */
const STORED = 'trunkline-first-call'

export function firstCallDone(): boolean {
  try {
    return localStorage.getItem(STORED) !== null
  } catch {
    return true
  }
}

export function rememberFirstCall(): void {
  try {
    localStorage.setItem(STORED, 'done')
  } catch {
    // Storage is switched off: the steps are not shown in the first place.
  }
}
