export * from './statuses.ts'
export * from './verdict.ts'
export * from './rest.ts'
