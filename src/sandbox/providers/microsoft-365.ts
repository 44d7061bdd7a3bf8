/** The bundle: mail, calendar, contacts, files and Teams of one account. */
import { playMicrosoft } from '../families/microsoft.ts'
import { calendar } from '../families/microsoft-calendar.ts'
import { contacts } from '../families/microsoft-contacts.ts'
import { files } from '../families/microsoft-files.ts'
import { mail } from '../families/microsoft-mail.ts'
import { teams } from '../families/microsoft-teams.ts'

export default playMicrosoft(mail, calendar, contacts, files, teams)
