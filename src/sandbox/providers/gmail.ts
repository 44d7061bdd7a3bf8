import { playGoogle } from '../families/google.ts'
import { mail } from '../families/google-mail.ts'

export default playGoogle(mail)
