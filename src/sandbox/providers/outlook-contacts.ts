import { playMicrosoft } from '../families/microsoft.ts'
import { contacts } from '../families/microsoft-contacts.ts'

export default playMicrosoft(contacts)
