export type { Database } from './open.ts'
