export { keepKey } from './keep-key.ts'
export { startGuestPush } from './start-guest-push.ts'
export type { GuestPush } from './start-guest-push.ts'
export { makeToken, toIdentity } from './token.ts'
