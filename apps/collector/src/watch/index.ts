export { createLinkWatch } from './create-link-watch.ts'
export type { LinkWatch } from './link-watch.ts'
