/**
 * A host application: it lets its own users connect accounts through a hub, and then calls a provider for them. Plain
 * Node, no dependency. docs/guides/connect-links.md explains each step.
 *
 *     the hub:   TRUNKLINE_RETURN_URLS=http://127.0.0.1:4410/connected npm start
 *     this:      TRUNKLINE_API_KEY=tl_... node bin/node24.js examples/host-app.ts
 *
 * The key needs the scopes connect:write, connections:read and proxy:use. Signing in takes any name: that part stands
 * for whatever your application does, and is not to be copied.
 */
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'

export type HostAppOptions = {
  hubUrl: string
  apiKey: string
  /** 4410 unless told otherwise; the hub must list `http://127.0.0.1:<port>/connected` in TRUNKLINE_RETURN_URLS. */
  port: number
}

/** What this application knows about a browser. */
type Session = {
  user: string
  /** Attempts that this person completed: nobody else may answer their questions. */
  attempts: Set<string>
}

type Attempt = {
  id: string
  status: string
  error: { detail: string; remedies: string[] } | null
  decision: { question: string; options: { value: string; label: string }[] } | null
}
type Connection = { provider: string; account: { label: string }; status: { status: string; detail: string } }

const COOKIE = 'host_app_session'

export async function startHostApp({ hubUrl, apiKey, port }: HostAppOptions): Promise<Server> {
  const sessions = new Map<string, Session>()
  const address = `http://127.0.0.1:${port}`

  /** The API key stays in this process: no page and no browser ever sees it. */
  async function callHub<T>(
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<T> {
    const answer = await fetch(hubUrl + path, {
      method,
      headers: {
        authorization: `Bearer ${apiKey}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    const answered = (await answer.json()) as T & { detail?: string }
    if (!answer.ok) throw new Error(answered.detail ?? `the hub answered ${answer.status}`)
    return answered
  }

  const routes: Record<string, (session: Session, form: URLSearchParams, url: URL) => Promise<Page>> = {
    'GET /': async ({ user }) => {
      const { data } = await callHub<{ data: Connection[] }>(
        'GET',
        `/api/v1/connections?owner=${encodeURIComponent(user)}`,
      )
      const rows = data.map(
        ({ provider, account, status }) =>
          `<li>${text(`${provider}: ${account.label}, ${status.status}`)}</li>`,
      )
      return {
        html: `<p>You are ${text(user)}.</p><ul>${rows.join('')}</ul>${button('/connect', 'Connect an account')}<p><a href="/github">Who am I at GitHub?</a></p>`,
      }
    },

    // Step 1: a link for the person who is signed in here, and the browser goes there.
    'POST /connect': async ({ user }) => {
      const link = await callHub<{ url: string }>('POST', '/api/v1/connect-sessions', {
        end_user: { id: user, name: user },
        return_to: `${address}/connected`,
      })
      return { location: link.url }
    },

    // Step 2: the browser is back with a proof. Who brings it is read from this application's own session, never from
    // the address: that is what keeps an account from being linked to the wrong person.
    'GET /connected': async (session, _form, { searchParams }) => {
      const attempt = await callHub<Attempt>(
        'POST',
        `/api/v1/connect-sessions/${encodeURIComponent(searchParams.get('trunkline_session') ?? '')}/complete`,
        {
          proof: searchParams.get('trunkline_proof') ?? '',
          end_user_id: session.user,
        },
      )
      session.attempts.add(attempt.id)
      return showAttempt(attempt)
    },

    // Some grants reach several places (sites of Jira), and some reconnects bring another account: the person decides.
    'POST /decide': async (session, form) => {
      const id = form.get('attempt') ?? ''
      if (!session.attempts.has(id)) throw new Error('this question is not yours to answer')
      return showAttempt(
        await callHub<Attempt>('POST', `/api/v1/connect/attempts/${encodeURIComponent(id)}/decide`, {
          value: form.get('value') ?? '',
        }),
      )
    },

    // Step 3: call the provider for this person. A provider's id with Trunkline-Owner can only reach their own account.
    'GET /github': async ({ user }) => {
      const me = await callHub<{ login: string }>('GET', '/api/v1/proxy/github/user', undefined, {
        'trunkline-owner': user,
      })
      return { html: `<p>GitHub says that you are ${text(me.login)}.</p>` }
    },
  }

  function showAttempt({ id, status, error, decision }: Attempt): Page {
    // Away from the address that holds the proof.
    if (status === 'succeeded') return { location: '/' }
    if (status === 'decision_required' && decision) {
      const options = decision.options.map(({ value, label }) =>
        button('/decide', label, { attempt: id, value }),
      )
      return { html: `<p>${text(decision.question)}</p>${options.join('')}` }
    }
    const remedies = (error?.remedies ?? []).map((remedy) => `<li>${text(remedy)}</li>`)
    return {
      status: 409,
      html: `<p>Not connected. ${text(error?.detail ?? status)}</p><ul>${remedies.join('')}</ul>${button('/connect', 'Try again')}`,
    }
  }

  async function answer(request: IncomingMessage): Promise<Page> {
    const url = new URL(request.url ?? '/', address)
    const form = request.method === 'POST' ? await readForm(request) : new URLSearchParams()
    const name = `${request.method} ${url.pathname}`
    if (name === 'POST /sign-in') {
      const id = randomBytes(32).toString('base64url')
      sessions.set(id, { user: form.get('user') || 'alice', attempts: new Set() })
      // Lax: another site can neither start a flow in this session nor take part in one.
      return { location: '/', cookie: `${COOKIE}=${id}; HttpOnly; SameSite=Lax; Path=/` }
    }
    const route = routes[name]
    if (!route) return { status: 404, html: '<p>Nothing here.</p>' }
    const session = sessions.get(readCookie(request) ?? '')
    if (session) return route(session, form, url)
    return {
      status: 401,
      html: '<form method="post" action="/sign-in"><label>Your name <input name="user"></label> <button>Sign in</button></form>',
    }
  }

  const server = createServer((request, response) => {
    answer(request)
      .catch(
        (error: unknown): Page => ({
          status: 502,
          html: `<p>That did not work. ${text(error instanceof Error ? error.message : String(error))}</p><p><a href="/">Back</a></p>`,
        }),
      )
      .then((page) => send(response, page))
      .catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(port, '127.0.0.1', resolve),
  )
  return server
}

type Page = { status?: number; location?: string; cookie?: string; html?: string }

function send(response: ServerResponse, { status, location, cookie, html = '' }: Page): void {
  response.writeHead(location ? 303 : (status ?? 200), {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    // The address may hold a proof; no other site gets to see it.
    'referrer-policy': 'no-referrer',
    ...(location ? { location } : {}),
    ...(cookie ? { 'set-cookie': cookie } : {}),
  })
  response.end(`<!doctype html><html lang="en"><title>Host application</title>${html}`)
}

function button(action: string, label: string, fields: Record<string, string> = {}): string {
  const hidden = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${text(name)}" value="${text(value)}">`,
  )
  return `<form method="post" action="${action}">${hidden.join('')}<button>${text(label)}</button></form>`
}

function text(value: string): string {
  return value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

function readCookie({ headers }: IncomingMessage): string | undefined {
  const pairs = (headers.cookie ?? '').split('; ').map((pair) => pair.split('='))
  return pairs.find(([name]) => name === COOKIE)?.[1]
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let body = ''
  for await (const chunk of request) {
    body += String(chunk)
    if (body.length > 10_000) throw new Error('the form is too large')
  }
  return new URLSearchParams(body)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const {
    TRUNKLINE_HUB_URL: hubUrl = 'http://127.0.0.1:4400',
    TRUNKLINE_API_KEY: apiKey,
    PORT = '4410',
  } = process.env
  if (!apiKey)
    throw new Error('Set TRUNKLINE_API_KEY to a key of the hub; its dashboard makes one under API keys.')
  await startHostApp({ hubUrl, apiKey, port: Number(PORT) })
  console.log(`The host application is ready at http://127.0.0.1:${PORT}/, for the hub at ${hubUrl}`)
}
