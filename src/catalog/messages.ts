/** Forms of text that providers take and planners do not write: MIME, iCalendar, Atlassian documents. No I/O. */
import type { Json, JsonObject } from './define.ts'

const asList = (value: Json | undefined): string[] =>
  [value ?? []].flat().filter((item): item is string => typeof item === 'string')
const asText = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

/** A plain-text message (RFC 5322, RFC 2045): the subject encoded (RFC 2047), the body in base64. */
export function composeMail(input: JsonObject): string {
  const { to, cc, bcc, subject, body } = input
  const address = (name: string, value: Json | undefined) => {
    // A line break would begin a header of the writer's choice.
    const list = asList(value).map((item) => item.replaceAll(/[\r\n]/g, ''))
    return list.length > 0 ? [`${name}: ${list.join(', ')}`] : []
  }
  const encoded = Buffer.from(asText(body)).toString('base64')
  return [
    ...address('To', to),
    ...address('Cc', cc),
    ...address('Bcc', bcc),
    `Subject: ${encodeWords(asText(subject))}`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    ...(encoded.match(/.{1,76}/g) ?? []),
  ].join('\r\n')
}

/** An encoded word holds 75 characters, so 45 bytes; a character is never cut in two. */
function encodeWords(subject: string): string {
  if (/^[\x20-\x7e]*$/.test(subject)) return subject
  const words: string[] = []
  let word = ''
  for (const character of subject.replaceAll(/[\r\n]/g, ' ')) {
    if (Buffer.byteLength(word + character) > 45) {
      words.push(word)
      word = ''
    }
    word += character
  }
  return [...words, word].map((part) => `=?utf-8?B?${Buffer.from(part).toString('base64')}?=`).join('\r\n ')
}

/**
 * Paragraphs of text as an Atlassian document
 * (https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/).
 */
export function composeDocument(text: Json | undefined): JsonObject | undefined {
  if (typeof text !== 'string') return undefined
  return {
    type: 'doc',
    version: 1,
    content: text.split(/\n{2,}/).map((paragraph) => ({
      type: 'paragraph',
      content: paragraph
        .split('\n')
        .flatMap((line, index) => [
          ...(index > 0 ? [{ type: 'hardBreak' }] : []),
          ...(line ? [{ type: 'text', text: line }] : []),
        ]),
    })),
  }
}

/** One event (RFC 5545 section 3.6.1). */
export function composeEvent(input: JsonObject, { id, now }: { id: string; now: Date }): string {
  const { summary, start, end, description, location } = input
  const line = (name: string, value: Json | undefined) =>
    typeof value === 'string' ? [foldLine(`${name}:${escapeText(value)}`)] : []
  return [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Trunkline//Agents//EN',
    'BEGIN:VEVENT',
    `UID:${id}`,
    `DTSTAMP:${basicTime(now)}`,
    `DTSTART:${basicTime(new Date(asText(start)))}`,
    `DTEND:${basicTime(new Date(asText(end)))}`,
    ...line('SUMMARY', summary),
    ...line('DESCRIPTION', description),
    ...line('LOCATION', location),
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n')
}

/** RFC 5545 section 3.3.5: 20261121T164800Z. */
export function basicTime(at: Date): string {
  return at.toISOString().replaceAll(/[-:]|\.\d{3}/g, '')
}

function escapeText(value: string): string {
  return value.replaceAll(/[\\;,]/g, '\\$&').replaceAll(/\r?\n/g, '\\n')
}

/** RFC 5545 section 3.1: lines of at most 75 bytes. */
function foldLine(line: string): string {
  const parts: string[] = []
  let part = ''
  for (const character of line) {
    if (Buffer.byteLength(part + character) > 73) {
      parts.push(part)
      part = ''
    }
    part += character
  }
  return [...parts, part].join('\r\n ')
}
