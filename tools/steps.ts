/** Runs the project's own programs, one after the other: two cores gain nothing from more at once. */
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

export const root = join(import.meta.dirname, '..')

export type Step = { name: string; command: string; args: readonly string[] }

/** A step that runs a package's command under this Node, without the shell scripts that npm puts in front. */
export function packageStep(
  name: string,
  command: string,
  args: readonly string[],
  bin: string = command,
): Step {
  const manifest = createRequire(import.meta.url)(`${command}/package.json`) as {
    bin: string | Record<string, string>
  }
  const path = typeof manifest.bin === 'string' ? manifest.bin : manifest.bin[bin]
  if (!path) throw new Error(`${command} has no command ${bin}`)
  const folder = dirname(createRequire(import.meta.url).resolve(`${command}/package.json`))
  return { name, command: process.execPath, args: [join(folder, path), ...args] }
}

/** One line for a step that passes; everything it said for one that fails. Returns whether it passed. */
export async function runStep(step: Step): Promise<boolean> {
  const started = performance.now()
  const child = spawn(step.command, step.args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  const chunks: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const seconds = ((performance.now() - started) / 1_000).toFixed(1)
  console.log(`${code === 0 ? '✓' : '✗'} ${step.name} (${seconds} s)`)
  if (code !== 0) console.log(Buffer.concat(chunks).toString().trimEnd())
  return code === 0
}
