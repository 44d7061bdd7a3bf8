import { playMicrosoft } from '../families/microsoft.ts'
import { calendar } from '../families/microsoft-calendar.ts'

export default playMicrosoft(calendar)
