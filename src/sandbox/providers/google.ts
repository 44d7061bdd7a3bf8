/** The bundle: mail, calendar, contacts and files of one account. */
import { playGoogle } from '../families/google.ts'
import { calendar } from '../families/google-calendar.ts'
import { contacts } from '../families/google-contacts.ts'
import { drive } from '../families/google-drive.ts'
import { mail } from '../families/google-mail.ts'

export default playGoogle(mail, calendar, contacts, drive)
