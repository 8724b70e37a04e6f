export * from './text.ts'
export * from './report.ts'
export * from './ingest.ts'
export * from './probes.ts'
