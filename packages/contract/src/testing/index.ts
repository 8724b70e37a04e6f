export * from './build-report.ts'
export * from './golden-report.ts'
export * from './build-history.ts'
