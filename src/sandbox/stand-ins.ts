/** Generated from the folder of stand-ins: run `npm run generate` after adding one. */
import github from './providers/github.ts'
import google from './providers/google.ts'
import notion from './providers/notion.ts'
import slack from './providers/slack.ts'
import type { CreateStandIn } from './stand-in.ts'

export const standIns: Readonly<Record<string, CreateStandIn>> = { github, google, notion, slack }
