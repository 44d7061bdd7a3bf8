import { expect, test } from 'vitest'
import type { FieldBody, MethodBody } from '../../http/wire.ts'
import { askedFields, errorsByField, missingFields, typedFields, usableMethods } from './connectable.ts'

const field = (name: string, rest: Partial<FieldBody> = {}): FieldBody => ({
  name,
  label: name,
  pattern: '.',
  example: '',
  required: true,
  secret: false,
  default: null,
  help: null,
  mismatch: null,
  options: null,
  sandbox_value: null,
  ...rest,
})
const method: MethodBody = {
  kind: 'basic',
  label: '',
  redirects: false,
  fields: [field('password')],
  instructions: [],
}

const provider = {
  parameters: [
    field('server'),
    field('host', { default: 'example.com' }),
    field('path', { required: false }),
  ],
}

test('required fields without a default are missed when blank', () => {
  const asked = askedFields({ provider, method, reconnecting: false })
  expect(missingFields({ asked, fields: { server: ' ' } })).toEqual(['server', 'password'])
  expect(missingFields({ asked, fields: { server: 'a', password: 'b' } })).toEqual([])
})

test('reconnecting asks for the secrets alone', () => {
  expect(askedFields({ provider, method, reconnecting: true }).map(({ name }) => name)).toEqual(['password'])
})

test('a field of the method stands for the parameter of its name', () => {
  const own = { ...method, fields: [field('server', { label: 'own' })] }
  const labels = askedFields({ provider, method: own, reconnecting: false }).map(({ label }) => label)
  expect(labels).toEqual(['host', 'path', 'own'])
})

test('without a client only the methods that need none are offered', () => {
  const methods = [{ ...method, kind: 'oauth2' as const }, method]
  expect(usableMethods({ mode: 'unconfigured', methods })).toEqual([method])
  expect(usableMethods({ mode: 'sandbox', methods })).toEqual(methods)
})

test('blank fields are not sent', () => {
  expect(typedFields({ a: '', b: ' ', c: 'x' })).toEqual({ c: 'x' })
})

test('complaints find their field whatever the path looks like', () => {
  expect(
    errorsByField([
      { path: 'fields.subdomain', message: 'm1' },
      { path: '/fields/token', message: 'm2' },
      { path: 'server', message: 'm3' },
    ]),
  ).toEqual({ subdomain: 'm1', token: 'm2', server: 'm3' })
  expect(errorsByField(undefined)).toEqual({})
})
