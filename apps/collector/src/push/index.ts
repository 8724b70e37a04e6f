export type { Pusher, PusherOptions, PusherStatus, PushLog, SpoolLimits } from './pusher.ts'
