/**
 * `npm start`: the hub from its sources, with the sandbox unless `--no-sandbox`, in this very process, so that Ctrl-C
 * and every other signal reach the hub itself.
 */
import { buildDashboard } from './dashboard.ts'

const asked = process.argv.slice(2)
const sandbox = asked.includes('--no-sandbox') ? [] : ['--sandbox']
const rest = asked.filter((argument) => argument !== '--no-sandbox' && argument !== '--sandbox')

await buildDashboard()
const { main } = await import('../src/cli/main.ts')
await main(['start', ...sandbox, ...rest])
