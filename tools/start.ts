/**
 * `npm start`: the hub from its sources, with the sandbox unless `--no-sandbox`, in this very process, so that Ctrl-C
 * and every other signal reach the hub itself.
 */
import { join } from 'node:path'
import { buildDashboard } from './dashboard.ts'
import { root } from './steps.ts'

const asked = process.argv.slice(2)
const sandbox = asked.includes('--no-sandbox') ? [] : ['--sandbox']
const rest = asked.filter((argument) => argument !== '--no-sandbox' && argument !== '--sandbox')

await buildDashboard()
const main = join(root, 'src/cli/main.ts')
process.argv.splice(1, Number.POSITIVE_INFINITY, main, 'start', ...sandbox, ...rest)
await import('../src/cli/main.ts')
