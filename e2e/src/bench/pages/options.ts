import { parseArgs } from 'node:util'
import { BenchError } from '@slashzero/lab/bench'

/** What `slashzero bench pages` passes on: a fresh server with its database, and the size of the set. */
export type Options = {
  readonly server: string
  readonly serverPid: number
  readonly databaseUrl: string
  readonly enrolmentToken: string
  readonly apiToken: string
  readonly setupToken: string
  /** Hypervisors in all, and how many of them report. */
  readonly hypervisors: number
  readonly real: number
  /** Reports a second beside the measurement. */
  readonly rate: number
  /** How long a live tab is watched, in seconds. */
  readonly live: number
  readonly json: boolean
}

/** @throws BenchError */
export function readOptions(): Options {
  const { values } = parseArgs({
    allowPositionals: true,
    options: {
      server: { type: 'string' },
      'server-pid': { type: 'string' },
      'database-url': { type: 'string' },
      'enrolment-token': { type: 'string' },
      'api-token': { type: 'string' },
      'setup-token': { type: 'string' },
      hypervisors: { type: 'string', default: '10000' },
      real: { type: 'string', default: '2000' },
      rate: { type: 'string', default: '667' },
      live: { type: 'string', default: '30' },
      json: { type: 'boolean', default: false },
    },
  })
  const required = (
    name: 'server' | 'server-pid' | 'database-url' | 'enrolment-token' | 'api-token' | 'setup-token',
  ) => {
    const value = values[name]
    if (value === undefined) throw new BenchError(`--${name} is missing; \`npm run bench -- pages\` passes it.`)
    return value
  }
  const positive = (name: 'hypervisors' | 'real' | 'rate' | 'live') => {
    const value = Number(values[name])
    if (!(value > 0)) throw new BenchError(`--${name} is ${values[name]}; give a number above 0.`)
    return value
  }
  const hypervisors = positive('hypervisors')
  return {
    server: required('server'),
    serverPid: Number(required('server-pid')),
    databaseUrl: required('database-url'),
    enrolmentToken: required('enrolment-token'),
    apiToken: required('api-token'),
    setupToken: required('setup-token'),
    hypervisors,
    real: Math.min(hypervisors, positive('real')),
    rate: positive('rate'),
    live: positive('live'),
    json: values.json,
  }
}
