/** Reads pasted lines of a .env file: NAME=value, with or without quotes, `export` and comments. */
export function readEnvLines(text: string): Record<string, string> {
  const found: Record<string, string> = {}
  // A quoted value may go over several lines, as private keys do.
  const line =
    /^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*(?:"((?:\\.|[^"\\])*)"|'([^']*)'|`([^`]*)`|([^\r\n]*))/gm
  for (const [, name = '', double, single, back, bare] of text.matchAll(line)) {
    const value =
      double === undefined
        ? (single ?? back ?? (bare ?? '').replace(/(^|\s)#.*$/, ''))
        : double.replace(/\\n/g, '\n').replace(/\\(["\\])/g, '$1')
    if (value.trim() !== '') found[name] = value.trim()
  }
  return found
}
