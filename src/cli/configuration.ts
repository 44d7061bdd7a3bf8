import { type Config, loadConfig, readEnvironment } from '../config.ts'

/** Environment and `.env` of the working folder, with what the command line says on top. */
export function readConfiguration(overrides: Partial<Config> = {}): Config {
  return loadConfig(readEnvironment(process.cwd(), process.env), overrides)
}
