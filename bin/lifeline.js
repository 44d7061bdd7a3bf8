// Preloaded into a child of bin/node24.js: ends it in good order when the launcher in front of it was killed.
if (process.channel) {
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  // Waiting for the launcher's end is no reason to stay; `on` has just made it one.
  process.channel.unref()
}
