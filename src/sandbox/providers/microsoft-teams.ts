import { playMicrosoft } from '../families/microsoft.ts'
import { teams } from '../families/microsoft-teams.ts'

export default playMicrosoft(teams)
