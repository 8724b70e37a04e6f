export * from './verdict.ts'
export * from './rest.ts'
