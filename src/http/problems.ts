/** How whatever was thrown is put to the caller, and to the log. */
import type { FastifyError } from 'fastify'
import { hasZodFastifySchemaValidationErrors, isResponseSerializationError } from 'fastify-type-provider-zod'
import type { Logger } from 'pino'
import { HubError, type ProblemCode, toProblem } from '../errors.ts'
import { isDatabaseAway, isUnstorable } from '../store/database.ts'

export const BODY_LIMIT = 1024 * 1024

/** Status, headers and body of the answer; what nobody foresaw goes to the log. */
export function putProblem(
  thrown: unknown,
  { id, route, log }: { id: string; route: string | undefined; log: Logger },
): { status: number; headers: Record<string, string>; body: string } {
  const problem = asHubError(thrown as FastifyError)
  if (problem.code === 'internal_error') log.error({ request_id: id, route, err: thrown }, 'unexpected error')
  return {
    status: problem.status,
    headers: {
      'content-type': 'application/problem+json',
      ...(problem.extras.retryAfter === undefined
        ? {}
        : { 'retry-after': String(Math.ceil(problem.extras.retryAfter)) }),
      ...(problem.code === 'unauthenticated' ? { 'www-authenticate': 'Bearer realm="trunkline"' } : {}),
    },
    body: JSON.stringify(toProblem(problem, id)),
  }
}

const FASTIFY_CODES: Readonly<Record<string, [ProblemCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['payload_too_large', `The body is larger than ${BODY_LIMIT} bytes.`],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'unsupported_media_type',
    'Send JSON, with `Content-Type: application/json`.',
  ],
  FST_ERR_CTP_INVALID_JSON_BODY: ['invalid_request', 'The body is not valid JSON.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['invalid_request', 'The body is empty, but its type says JSON.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    'invalid_request',
    'The length of the body differs from Content-Length.',
  ],
}

function asHubError(error: FastifyError): HubError {
  if (error instanceof HubError) return error
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = error.validation.map(({ instancePath, message, params }) => {
      const issue = (params as { issue?: { path?: PropertyKey[] } }).issue
      const path = issue?.path?.map(String).join('.') ?? instancePath.replaceAll('/', '.').replace(/^\./, '')
      return { path: path || 'body', message: message ?? 'is not valid' }
    })
    return new HubError(
      'invalid_request',
      errors.map(({ path, message }) => `${path}: ${message}`).join('; '),
      { errors },
    )
  }
  if (isResponseSerializationError(error))
    return new HubError('internal_error', 'The hub made an answer that does not fit its own description.', {
      cause: error,
    })
  const known = FASTIFY_CODES[error.code]
  if (known) return new HubError(known[0], known[1])
  if (isDatabaseAway(error))
    return new HubError('unavailable', 'The database does not answer right now. Try again in a moment.', {
      cause: error,
      retryAfter: 2,
    })
  if (isUnstorable(error))
    return new HubError(
      'invalid_request',
      'What was sent holds a character or a number that cannot be stored.',
    )
  if (error.statusCode && error.statusCode >= 400 && error.statusCode < 500)
    return new HubError('invalid_request', error.message)
  return new HubError(
    'internal_error',
    'Something went wrong inside the hub. The log has more under this request id.',
    { cause: error },
  )
}
