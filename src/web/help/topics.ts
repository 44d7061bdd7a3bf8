import { type HelpTopic, helpTexts } from '../texts/help.ts'

export type Topic = { id: HelpTopic; title: string; short: string; body: readonly string[] }

/** In the order of the help page. */
export const HELP_TOPICS: readonly Topic[] = Object.entries(helpTexts.topics).map(([id, topic]) => ({
  id: id as HelpTopic,
  ...topic,
}))
