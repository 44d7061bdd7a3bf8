/** HTML of the sandbox: no script, no inline style, one style sheet. */
import type { Reply } from './messages.ts'

export type Html = { readonly html: string }

/** Escapes everything that is put into it, except what was made by itself. */
export function html(
  parts: TemplateStringsArray,
  ...values: readonly (Html | Html[] | string | number | false | undefined)[]
): Html {
  let made = parts[0] ?? ''
  values.forEach((value, index) => {
    made += render(value) + (parts[index + 1] ?? '')
  })
  return { html: made }
}

function render(value: Html | Html[] | string | number | false | undefined): string {
  if (value === undefined || value === false) return ''
  if (Array.isArray(value)) return value.map((part) => part.html).join('')
  if (typeof value === 'object') return value.html
  return String(value).replaceAll(
    /[&<>"']/g,
    (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[character] ?? '',
  )
}

export function renderPage(options: {
  publicUrl: string
  title: string
  body: Html
  status?: number
  wide?: boolean
}): Reply {
  const { publicUrl, title, body, status = 200, wide = false } = options
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${publicUrl}/_assets/sandbox.css">
</head>
<body>
<header class="banner">Sandbox: this page is played by Trunkline. Nothing here reaches the real service.</header>
<main class="${wide ? 'wide' : 'narrow'}">
${body}
</main>
</body>
</html>
`
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      // No form-action: it would also forbid the redirect back to the hub, whose origin the sandbox need not share.
      'content-security-policy':
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    },
    body: document.html,
  }
}

export function renderProblemPage(options: {
  publicUrl: string
  title: string
  detail: string
  status?: number
}): Reply {
  return renderPage({
    publicUrl: options.publicUrl,
    title: options.title,
    status: options.status ?? 400,
    body: html`<h1>${options.title}</h1><p>${options.detail}</p>`,
  })
}
