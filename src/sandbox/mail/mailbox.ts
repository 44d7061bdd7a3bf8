/** What a played mailbox holds, and who may open it. */

export type Letter = {
  uid: number
  /** Milliseconds since 1970. */
  date: number
  from: string
  to: string
  subject: string
  text: string
  seen: boolean
  messageId: string
}

export type PlayedMailbox = {
  letters: Letter[]
  /** A message that was sent from here. */
  send: (message: { to: readonly string[]; data: string }) => void
}

/** Undefined refuses the sign-in. */
export type SignIn = (login: { username: string; password: string }) => PlayedMailbox | undefined

/** RFC 5322 */
export function render(letter: Letter): string {
  return [
    `Date: ${new Date(letter.date).toUTCString().replace('GMT', '+0000')}`,
    `From: ${letter.from}`,
    `To: ${letter.to}`,
    `Subject: ${letter.subject}`,
    `Message-ID: ${letter.messageId}`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    '',
    letter.text,
    '',
  ].join('\r\n')
}
