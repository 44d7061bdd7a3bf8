/** `npm run check`: everything that can be judged without running the product. Ends with 1 when something is wrong. */
import { fileURLToPath } from 'node:url'
import { packageStep, root, runStep, type Step } from './steps.ts'
import { join } from 'node:path'

function listChecks(): Step[] {
  return [
    packageStep('types', 'typescript', ['-p', 'tsconfig.json'], 'tsc'),
    packageStep('types of the dashboard', 'typescript', ['-p', 'src/web/tsconfig.json'], 'tsc'),
    packageStep('lint', 'oxlint', ['--type-aware', '--format=unix']),
    packageStep('format', '@biomejs/biome', ['format', '--reporter=summary'], 'biome'),
    {
      name: 'generated files',
      command: process.execPath,
      args: [join(root, 'tools/generate.ts'), '--check'],
    },
  ]
}

/** Every check runs, so that one run tells all that is wrong. */
export async function runChecks(): Promise<boolean> {
  let passed = true
  for (const check of listChecks()) passed = (await runStep(check)) && passed
  return passed
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = (await runChecks()) ? 0 : 1
