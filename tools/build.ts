/**
 * `npm run build`: what is published. Node refuses TypeScript inside node_modules, so the sources become JavaScript
 * with declarations; the dashboard becomes static files; the logos are copied.
 */
import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildDashboard } from './dashboard.ts'
import { packageStep, root, runStep } from './steps.ts'

const dist = join(root, 'dist')
// The dashboard's build empties its own folder, and keeps it where its sources have not changed.
for (const name of existsSync(dist) ? readdirSync(dist) : []) {
  if (!name.startsWith('web')) rmSync(join(dist, name), { recursive: true, force: true })
}
if (
  !(await runStep(
    packageStep('JavaScript and declarations', 'typescript', ['-p', 'tools/tsconfig.build.json'], 'tsc'),
  ))
) {
  process.exit(1)
}
cpSync(join(root, 'src/catalog/logos'), join(dist, 'catalog/logos'), { recursive: true })
await buildDashboard()
