/** The person in front of oidc-provider's own pages. */

/**
 * Follows redirects with cookies, and fills in the forms.
 * @param options.alias the host that the server's pages name instead of `origin`, where they do
 * @returns the first address outside: where the browser is sent back to
 */
export async function authorize(
  start: string,
  options: { origin: string; login: string; alias?: string },
): Promise<URL> {
  const { origin, login, alias } = options
  const cookies = new Map<string, string>()
  let next = start
  let form: URLSearchParams | undefined
  for (let steps = 0; steps < 12; steps++) {
    const answer = await fetch(next, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form ? { method: 'POST', body: form } : {}),
    })
    form = undefined
    for (const cookie of answer.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';')
      cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
    }
    const location = answer.headers.get('location')
    if (location) {
      const target = new URL(location, next)
      if (target.origin !== origin && target.host !== alias) return target
      next = origin + target.pathname + target.search
      continue
    }
    const page = await answer.text()
    const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1]
    if (!prompt) throw new Error(`the authorization server answered ${answer.status}: ${page.slice(0, 500)}`)
    const action = new URL(/action="([^"]+)"/.exec(page)?.[1] ?? '', next)
    next = origin + action.pathname + action.search
    form = new URLSearchParams({ prompt, ...(prompt === 'login' ? { login, password: 'any' } : {}) })
  }
  throw new Error('the authorization never ended')
}
