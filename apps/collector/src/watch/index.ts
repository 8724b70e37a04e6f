export { createLinkWatch } from './create-link-watch.ts'
export { createNamespaceFollower } from './follow-namespaces.ts'
export type { LinkWatch } from './link-watch.ts'
