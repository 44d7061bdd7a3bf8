import { classes } from './classes.ts'

// One token of JSON a match: a key, a string, a number, a word, or anything between.
const TOKENS =
  /("(?:[^"\\]|\\.)*")(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\b(?:true|false|null)\b|[^"\w-]+|./gs
/** Colours cost an element a token; beyond this the text stays plain. */
const COLOURED = 20_000

/** Text with the colours of JSON where it is some. Scrolls by keyboard. */
export function Json({ text, label }: { text: string; label: string }) {
  return (
    <pre
      tabIndex={0}
      role="region"
      aria-label={label}
      dir="ltr"
      className="max-h-96 overflow-auto rounded-md bg-sunken px-3 py-2.5 text-xs leading-5"
    >
      <code>{text.length <= COLOURED && /^\s*[[{]/.test(text) ? colour(text) : text}</code>
    </pre>
  )
}

function colour(text: string) {
  return [...text.matchAll(TOKENS)].map((match) => {
    const [token, string, colon] = match
    if (colon !== undefined) {
      return (
        <span key={match.index}>
          <span className="text-accent">{string}</span>
          {colon}
        </span>
      )
    }
    const look = string !== undefined ? 'text-ok' : /^[-\dtfn]/.test(token) ? 'text-warn' : ''
    return look ? (
      <span key={match.index} className={classes(look)}>
        {token}
      </span>
    ) : (
      token
    )
  })
}
