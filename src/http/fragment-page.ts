/**
 * The page for tokens that come back behind the `#`, where no server sees them: it takes the fragment out of the
 * address bar and hands it to the hub. It is the same for everybody and shows nothing of what it was opened with.
 */
import { createHash } from 'node:crypto'

const SCRIPT = `const { hash, search, pathname } = location
history.replaceState(null, '', pathname)
const state = new URLSearchParams(search).get('state') || ''
fetch(pathname, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ state, fragment: hash.slice(1) }),
})
  .then((answer) => answer.json())
  .then((answer) => location.replace(answer.location || '/connect/result?status=unknown'))
  .catch(() => location.replace('/connect/result?status=unknown'))`

export const FRAGMENT_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Finishing the connection</title>
</head>
<body>
<p role="status">Finishing the connection.</p>
<noscript><p>This step needs JavaScript: the answer is in a part of the address that only a script can read.</p></noscript>
<script>${SCRIPT}</script>
</body>
</html>
`

export const FRAGMENT_PAGE_CSP = `default-src 'none'; script-src 'sha256-${createHash('sha256').update(SCRIPT).digest('base64')}'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`
