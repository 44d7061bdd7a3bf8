/** What the launcher tests run: says under what it runs, then does what its first argument asks. */
const [mode] = process.argv.slice(2)
process.on('SIGTERM', () => process.exit(41))
process.on('SIGINT', () => process.exit(42))
process.on('SIGHUP', () => process.exit(43))
console.log(
  JSON.stringify({
    version: process.version,
    pid: process.pid,
    args: process.argv.slice(2),
    main: import.meta.main,
  }),
)
if (mode === 'stdin') process.stdin.pipe(process.stdout)
if (mode === 'exit') process.exit(7)
if (mode === 'crash') process.kill(process.pid, 'SIGKILL')
if (mode === 'wait') setInterval(() => {}, 60_000)
