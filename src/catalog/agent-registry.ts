/** Generated from the folder of tools: run `npm run generate` after adding one. */
import type { Agent } from './define-tools.ts'
import github from './tools/github.ts'
import google from './tools/google.ts'
import slack from './tools/slack.ts'

export const agents: readonly Agent[] = [github, google, slack]
