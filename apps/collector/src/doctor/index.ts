export { renderFailure } from './render-checks.ts'
export { runDoctor } from './run-doctor.ts'
