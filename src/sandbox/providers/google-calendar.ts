import { playGoogle } from '../families/google.ts'
import { calendar } from '../families/google-calendar.ts'

export default playGoogle(calendar)
