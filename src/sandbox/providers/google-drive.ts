import { playGoogle } from '../families/google.ts'
import { drive } from '../families/google-drive.ts'

export default playGoogle(drive)
