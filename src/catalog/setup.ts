/** Set-up texts name the addresses of the installation that shows them. No I/O. */

/** What fills the braces of a set-up text; other braces stay as they are. */
export type SetupAddresses = { public_url: string; redirect_uri: string }

export function fillSetup(texts: readonly string[], addresses: SetupAddresses): string[] {
  return texts.map((text) =>
    text.replace(/\{(public_url|redirect_uri)\}/g, (_, name: keyof SetupAddresses) => addresses[name]),
  )
}
