export * from './build-report.ts'
export * from './golden-report.ts'
