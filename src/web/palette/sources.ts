/** Whatever the palette finds. Another kind of thing is another hook, and a line here. */
import type { CommandSource } from './command.ts'
import { useAgentCommands } from './use-agent-commands.tsx'
import { useActionCommands } from './use-action-commands.tsx'
import { useConnectionCommands } from './use-connection-commands.tsx'
import { usePageCommands } from './use-page-commands.tsx'
import { useProjectCommands } from './use-project-commands.tsx'
import { useProviderCommands } from './use-provider-commands.tsx'

export const COMMAND_SOURCES: readonly CommandSource[] = [
  usePageCommands,
  useProviderCommands,
  useConnectionCommands,
  useAgentCommands,
  useProjectCommands,
  useActionCommands,
]
