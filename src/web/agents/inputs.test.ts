import { expect, test } from 'vitest'
import { describeInput } from './inputs.ts'

test('a schema is told in words, what is required first', () => {
  expect(
    describeInput({
      type: 'object',
      properties: {
        limit: { type: 'integer', description: 'How many.', minimum: 1, maximum: 100, default: 20 },
        to: { type: 'array', description: 'Whom.', items: { type: 'string', format: 'email' }, maxItems: 5 },
        state: { type: 'string', description: 'Which.', enum: ['open', 'closed'], default: 'open' },
        lines: {
          type: 'array',
          description: 'What.',
          items: {
            type: 'object',
            properties: { quantity: { type: 'integer', description: 'How many.', minimum: 1 } },
            required: ['quantity'],
          },
        },
      },
      required: ['to'],
    }),
  ).toEqual([
    {
      name: 'to',
      kind: 'list of e-mail addresses',
      description: 'Whom.',
      required: true,
      limits: ['up to 5'],
    },
    {
      name: 'limit',
      kind: 'whole number',
      description: 'How many.',
      required: false,
      limits: ['1 to 100', 'otherwise 20'],
    },
    {
      name: 'state',
      kind: 'choice',
      description: 'Which.',
      required: false,
      limits: ['open · closed', 'otherwise open'],
    },
    { name: 'lines', kind: 'list of objects', description: 'What.', required: false, limits: [] },
    {
      name: 'lines[].quantity',
      kind: 'whole number',
      description: 'How many.',
      required: true,
      limits: ['from 1'],
    },
  ])
})
