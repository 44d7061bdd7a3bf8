/** One request to the hub. Used by the dashboard and, alone, by the small connect page. */
import type { ProblemBody } from '../../http/wire.ts'
import { problemTexts } from '../texts/connect.ts'

/** An answer that is not a success, or no answer at all (`status` 0). The body is what people are told. */
export class HubProblem extends Error {
  readonly body: ProblemBody
  constructor(body: ProblemBody) {
    super(body.detail)
    this.name = 'HubProblem'
    this.body = body
  }
}

export type Send = <T>(
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
) => Promise<T>

/**
 * `csrf` is asked at every change. `renewCsrf` is asked when the hub refuses it: somebody signed in anew in another
 * tab, and this one still holds the token of the session before. A refused change had no effect, so it is sent again.
 */
export function createSend({
  csrf,
  renewCsrf,
}: {
  csrf: () => string | null
  renewCsrf?: () => Promise<string | null>
}): Send {
  return async function send<T>(method: string, path: string, body?: unknown): Promise<T> {
    try {
      return await sendOnce<T>(method, path, body, csrf())
    } catch (error) {
      if (!renewCsrf || problemOf(error).code !== 'csrf_failed') throw error
      return sendOnce<T>(method, path, body, await renewCsrf())
    }
  }

  async function sendOnce<T>(method: string, path: string, body: unknown, token: string | null): Promise<T> {
    const response = await reach(`/api/v1${path}`, {
      method,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(method === 'GET' ? {} : csrfHeader(token)),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new HubProblem(await readProblem(response))
    // The shapes come from src/http/wire.ts, which the hub validates its answers with.
    return (response.status === 204 ? undefined : await response.json()) as T
  }
}

export function csrfHeader(token: string | null): Record<string, string> {
  return token === null ? {} : { 'trunkline-csrf': token }
}

/** Like fetch, with a missing network told as a problem. */
export async function reach(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, { credentials: 'same-origin', cache: 'no-store', ...init })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new HubProblem(ownProblem(0, problemTexts.unreachable))
  }
}

async function readProblem(response: Response): Promise<ProblemBody> {
  try {
    const body: unknown = await response.json()
    if (isProblem(body)) return body
  } catch {
    // Something between the page and the hub answered; its body says nothing useful.
  }
  return ownProblem(response.status, problemTexts.strange(response.status))
}

function isProblem(body: unknown): body is ProblemBody {
  return typeof body === 'object' && body !== null && 'detail' in body && 'code' in body
}

function ownProblem(status: number, text: { title: string; detail: string }): ProblemBody {
  return {
    type: 'about:blank',
    status,
    code: status === 0 ? 'unreachable' : 'unexpected_answer',
    retry: status === 0 || status >= 500 ? 'later' : 'never',
    ...text,
  }
}

export function problemOf(error: unknown): ProblemBody {
  if (error instanceof HubProblem) return error.body
  return ownProblem(-1, problemTexts.page)
}
