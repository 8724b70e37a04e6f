export { assertOnlyRootChanges, readFileOf } from './folders.ts'
export { keepEmbeddedPostgres } from './keep.ts'
export { embeddedPostgresUrl, startEmbeddedPostgres } from './start.ts'
export type { EmbeddedPostgres } from './start.ts'
