/**
 * Every shape the API speaks, once: routes validate with it, OpenAPI is generated from it, the dashboard and the
 * SDK take their types from it. Responses lose undeclared keys on the way out, so nothing leaks by accident;
 * requests with undeclared keys are refused.
 *
 * Names are snake_case, times are ISO 8601 in UTC, durations are seconds.
 */
export * from './wire/basics.ts'
export * from './wire/people.ts'
export * from './wire/sign-in.ts'
export * from './wire/members.ts'
export * from './wire/catalog.ts'
export * from './wire/connections.ts'
export * from './wire/connecting.ts'
export * from './wire/setup.ts'
export * from './wire/declared.ts'
export * from './wire/doctor.ts'
export * from './wire/compliance.ts'
export * from './wire/projects.ts'
export * from './wire/live.ts'
export * from './wire/policies.ts'
export * from './wire/audit.ts'
export * from './wire/installations.ts'
export * from './wire/agents.ts'
