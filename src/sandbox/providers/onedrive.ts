import { playMicrosoft } from '../families/microsoft.ts'
import { files } from '../families/microsoft-files.ts'

export default playMicrosoft(files)
