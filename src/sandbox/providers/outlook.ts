import { playMicrosoft } from '../families/microsoft.ts'
import { mail } from '../families/microsoft-mail.ts'

export default playMicrosoft(mail)
