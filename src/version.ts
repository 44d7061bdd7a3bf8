import { readFileSync } from 'node:fs'

/** As in package.json, which lies one folder up both for the sources and for the build. */
export const VERSION = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
).version
