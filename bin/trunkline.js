#!/usr/bin/env node
// The published command. In a package it runs what the build made; in a checkout, where the build may be missing or
// old, the sources themselves, which Node 24 reads unbuilt outside node_modules.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { isNode24, runUnderNode24 } from './node24.js'

if (isNode24()) {
  const source = new URL('../src/cli/main.ts', import.meta.url)
  const script = existsSync(source) ? source : new URL('../dist/cli/main.js', import.meta.url)
  const { main } = await import(script.href)
  await main(process.argv.slice(2))
} else {
  runUnderNode24(fileURLToPath(import.meta.url), process.argv.slice(2))
}
