import { execFileSync, spawn } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, expect, test } from 'vitest'

const launcher = join(import.meta.dirname, '../../bin/node24.js')
const script = join(import.meta.dirname, 'script.ts')

/** This Node, and the first other one on the path: usually what the machine came with, and what npm runs under. */
function findNodes(): string[] {
  const others = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'node'))
  const found = others.flatMap((path) => {
    try {
      const major = Number(
        execFileSync(path, ['-p', 'process.versions.node.split(".")[0]'], { encoding: 'utf8' }),
      )
      return major !== 24 && major >= 20 ? [realpathSync(path)] : []
    } catch {
      return []
    }
  })
  return [process.execPath, ...found.slice(0, 1)]
}

function launch(node: string, args: string[], input?: string) {
  const child = spawn(node, [launcher, script, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.end(input)
  let said = ''
  const started = new Promise<{ version: string; pid: number; args: string[]; main: boolean }>((resolve) => {
    child.stdout.on('data', (chunk) => {
      said += chunk
      const end = said.indexOf('\n')
      if (end > 0) resolve(JSON.parse(said.slice(0, end)))
    })
  })
  const ended = new Promise<{ code: number | null; signal: string | null; said: string }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, said: said.slice(said.indexOf('\n') + 1) }))
  })
  return { child, started, ended }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe.each(findNodes())('started by %s', (node) => {
  test('a script runs under Node 24 as the main one, with its arguments and its exit status', async () => {
    const run = launch(node, ['exit', '--flag', 'two words'])
    expect(await run.started).toMatchObject({
      version: expect.stringMatching(/^v24\./),
      args: ['exit', '--flag', 'two words'],
      main: true,
    })
    expect(await run.ended).toMatchObject({ code: 7 })
  })

  test('standard input reaches it', async () => {
    expect(await launch(node, ['stdin'], 'a line\n').ended).toMatchObject({ code: 0, said: 'a line\n' })
  })

  test.each([
    ['SIGTERM', 41],
    ['SIGINT', 42],
    ['SIGHUP', 43],
  ] as const)('%s reaches it, and its answer comes back', async (signal, code) => {
    const run = launch(node, ['wait'])
    await run.started
    run.child.kill(signal)
    expect(await run.ended).toMatchObject({ code })
  })

  test('its death by a signal is no success', async () => {
    const { code, signal } = await launch(node, ['crash']).ended
    expect(code ?? signal).toEqual(node === process.execPath ? 'SIGKILL' : 137)
  })

  test('a launcher that is killed leaves nothing running', async () => {
    const run = launch(node, ['wait'])
    const { pid } = await run.started
    run.child.kill('SIGKILL')
    await run.ended
    await expect.poll(() => isAlive(pid)).toBe(false)
  })
})

test.each(findNodes().slice(1))('without the bundled runtime %s says what to do', (older) => {
  const code = `Object.defineProperty(process, 'arch', { value: 'sparc' }); import(${JSON.stringify(launcher)}).then((bin) => bin.findNode())`
  expect(() => execFileSync(older, ['-e', code], { stdio: 'pipe', encoding: 'utf8' })).toThrow(
    /bundled runtime \(node-linux-sparc\) is not installed/,
  )
})
