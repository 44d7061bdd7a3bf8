/**
 * Settings of a server that tests share. Nothing here has to survive a power cut, so it does not wait for the disk:
 * tests about durability start a database of their own.
 */
export const SERVER_SETTINGS: Readonly<Record<string, string>> = {
  max_connections: '200',
  shared_buffers: '128MB',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  // Whatever goes wrong with a connection is told to its client, and so to the test.
  log_min_messages: 'panic',
  log_checkpoints: 'off',
}
