/**
 * Every text a person reads in the dashboard, in one place: a translation is another module of the same shape.
 * The small connect page takes texts/connect.ts alone, so that it does not load the dashboard's.
 */
export * from './texts/admin.ts'
export * from './texts/agents.ts'
export * from './texts/connect.ts'
export * from './texts/dashboard.ts'
export * from './texts/ownership.ts'
export * from './texts/frame.ts'
export * from './texts/integrations.ts'
export * from './texts/tour.ts'
export * from './texts/people.ts'
export * from './texts/projects.ts'
