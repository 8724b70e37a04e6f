import * as z from 'zod/mini'
import { parseListenAddress } from '../listen-address.ts'
import { parseSource } from '../route-checks/off-link/parse-source.ts'
import { SETTINGS } from './table.ts'

export type Key = keyof typeof SETTINGS

type Shape = { [K in Key]: (typeof SETTINGS)[K]['schema'] }

/** What a source may say, in the form of the configuration file. Flags and variables take this form too. */
export const settingsSource = z.partial(z.strictObject(pick('schema')))

export type SettingsSource = z.output<typeof settingsSource>

/** In the order of the table. */
export const KEYS = z.keyof(settingsSource).options

type Defaults = { [K in Key]: (typeof SETTINGS)[K]['default'] }

export const DEFAULTS = pick('default')

/** The sources in one, each entry of a table from the source that comes last. */
export type Values = { [K in Key]: NonNullable<SettingsSource[K]> | Extract<Defaults[K], null> }

/** What the collector works with. A setting that has no default is null if no source gives it. */
export function toSettings(values: Values, serverCa: string | null, enrolmentToken: string | null) {
  return {
    server: values.server,
    /** PEM of the authorities that may vouch for the server. */
    serverCa,
    enrolmentToken,
    stateDir: values['state-dir'],
    intervalMilliseconds: Math.round(values.interval * 1000),
    metricsListen: orNull(values['metrics-listen'], parseListenAddress),
    metricsTextfile: values['metrics-textfile'],
    /** 32 hexadecimal digits. */
    offLinkSource: orNull(values['off-link-source'], parseSource),
    offLinkTcpPorts: values['off-link-tcp-ports'],
    guestPushListen: orNull(values['guest-push-listen'], parseListenAddress),
    watchAdvertisements: values['watch-advertisements'],
    labels: values.labels,
    guestAgents: new Map(Object.entries(values['guest-agents'])),
  }
}

export type Settings = ReturnType<typeof toSettings>

function orNull<Value>(text: string | null, parse: (text: string) => Value | null): Value | null {
  return text === null ? null : parse(text)
}

/** One field of every setting, by key. `fromEntries` loses the types, so the overloads state them. */
function pick(field: 'schema'): Shape
function pick(field: 'default'): Defaults
function pick(field: 'schema' | 'default'): object {
  return Object.fromEntries(Object.entries(SETTINGS).map(([key, setting]) => [key, setting[field]]))
}
