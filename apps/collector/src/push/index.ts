export { createPusher } from './create-pusher.ts'
export type { Pusher, PusherOptions, PusherStatus, PushLog } from './pusher.ts'
