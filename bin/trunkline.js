#!/usr/bin/env node
// The published command. In a package it runs what the build made; in a checkout, where the build may be missing or
// old, the sources themselves, which Node 24 reads unbuilt outside node_modules.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { isNode24, runUnderNode24 } from './node24.js'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const source = join(root, 'src', 'cli', 'main.ts')
const script = existsSync(source) ? source : join(root, 'dist', 'cli', 'main.js')

if (isNode24()) {
  process.argv[1] = script
  await import(pathToFileURL(script).href)
} else {
  runUnderNode24(script, process.argv.slice(2))
}
