export { createOffLinkChecker } from './create-off-link-checker.ts'
export type { OffLinkChecker } from './create-off-link-checker.ts'
export { parseSource } from './parse-source.ts'
