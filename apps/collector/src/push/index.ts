export { createPusher } from './create-pusher.ts'
export { listSpoolFiles } from './spool-files.ts'
export type { Pusher, PusherOptions, PusherStatus, PushLog } from './pusher.ts'
