export { playHubspot as default } from '../families/hubspot.ts'
