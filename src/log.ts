/** Structured logs that hold no secret: every line passes a redactor, by known value and by shape, before it leaves. */
import { type Logger, pino } from 'pino'

export type Redactor = {
  /** From now on this value is hidden wherever it shows up. */
  learn(value: string | undefined): void
  /** The same for a value that is never to be forgotten. */
  keep(value: string): void
  redact(text: string): string
}

const HIDDEN = '[hidden]'
/** The latest secrets the hub has handled; older ones are still caught by their shape. */
const REMEMBERED = 2_000
/** A shorter value would blot out ordinary words. */
const SHORTEST = 8

const SHAPES: readonly RegExp[] = [
  /\b(?:Bearer|Basic)\s+[\w.~+/=:-]{8,}/gi,
  /\b(?:gh[opsur]_|github_pat_|xox[a-z.-]*-|xapp-|ya29\.|1\/\/|sk_(?:live|test)_|rk_(?:live|test)_|whsec_|secret_|ntn_|tl_|ATATT|shp[a-z]{2}_)[\w.-]{8,}/g,
  /\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g,
  /\/bot\d{6,}:[\w-]{20,}/g,
  // In addresses and forms: access_token=..., and in JSON, however often it was quoted: "refresh_token":"...".
  /((?:^|[?&#;\s"'])(?:access_token|refresh_token|id_token|client_secret|code_verifier|password|api_?key|token|proof|trunkline_proof)\\*"?\s*[=:]\s*\\*"?)[^\s&"'\\,}]{4,}/gi,
  /((?:^|[?&#;])(?:code|state)=)[^\s&"'\\,}]{4,}/gi,
  // In JSON a `code` is mostly an error's (a word, or SQLSTATE's five characters), which the log is read for.
  /((?:^|[\s{,\\])\\*"(?:code|state)\\*"\s*:\s*\\*")(?![A-Za-z_]+[\\"]|[0-9A-Z]{5}[\\"])[^\s"\\]{4,}/gi,
  /(\/connect\/)[\w-]{40,}/g,
]

export function createRedactor(known: readonly (string | undefined)[]): Redactor {
  const fixed = new Set(
    known
      .filter((value): value is string => value !== undefined && value.length >= SHORTEST)
      .flatMap(spellings),
  )
  const recent = new Set<string>()
  return {
    learn(value) {
      if (value === undefined || value.length < SHORTEST) return
      for (const spelling of spellings(value)) {
        recent.delete(spelling)
        recent.add(spelling)
      }
      while (recent.size > REMEMBERED) recent.delete(recent.values().next().value as string)
    },
    keep(value) {
      if (value.length >= SHORTEST) for (const spelling of spellings(value)) fixed.add(spelling)
    },
    redact(text) {
      let clean = text
      for (const value of fixed) clean = clean.replaceAll(value, HIDDEN)
      for (const value of recent) if (clean.includes(value)) clean = clean.replaceAll(value, HIDDEN)
      for (const shape of SHAPES)
        clean = clean.replace(shape, (match, lead?: unknown) =>
          typeof lead === 'string' ? lead + HIDDEN : HIDDEN,
        )
      return clean
    },
  }
}

/** As it is, inside JSON (a line of the log is), and in a URL or a form; most secrets look the same in all. */
function spellings(value: string): string[] {
  const inJson = JSON.stringify(value).slice(1, -1)
  const inForm = new URLSearchParams({ '': value }).toString().slice(1)
  return [...new Set([value, inJson, JSON.stringify(inJson).slice(1, -1), encodeURIComponent(value), inForm])]
}

/** JSON lines on standard error, so that standard output stays for what a command answers. */
export function createLog(
  level: string,
  redactor: Redactor,
  write: (line: string) => void = (line) => process.stderr.write(line),
): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError },
    },
    { write: (line: string) => write(redactor.redact(line)) },
  )
}

/** What of an error helps a reader; drivers hang whole connections on theirs. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { name, message, stack, cause } = error
  const code = (error as { code?: unknown }).code
  return {
    name,
    message,
    ...(typeof code === 'string' ? { code } : {}),
    stack,
    ...(cause === undefined ? {} : { cause: describeError(cause) }),
  }
}
