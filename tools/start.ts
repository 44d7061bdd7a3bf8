/**
 * `npm start`: the hub from its sources, with the sandbox unless `--no-sandbox`, in this very process, so that Ctrl-C
 * and every other signal reach the hub itself.
 */
import { buildDashboard } from './dashboard.ts'

const asked = process.argv.slice(2)
const sandbox = asked.includes('--no-sandbox') ? [] : ['--sandbox']
const rest = asked.filter((argument) => argument !== '--no-sandbox' && argument !== '--sandbox')

stopWithParent()
await buildDashboard()
const { main } = await import('../src/cli/main.ts')
await main(['start', ...sandbox, ...rest])

/**
 * npm runs a script through a shell, and hands a signal to that shell alone: `kill` on npm would leave a hub behind
 * that nobody sees. The shell's end is what tells us.
 */
function stopWithParent(): void {
  if (!process.env['npm_lifecycle_event'] || process.platform === 'win32') return
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    process.kill(process.pid, 'SIGTERM')
  }, 250)
  watch.unref()
}
