export * from './dashboard.ts'
export * from './administration.ts'
