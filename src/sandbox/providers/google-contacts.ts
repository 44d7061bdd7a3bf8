import { playGoogle } from '../families/google.ts'
import { contacts } from '../families/google-contacts.ts'

export default playGoogle(contacts)
