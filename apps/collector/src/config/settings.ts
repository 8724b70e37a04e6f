import { parseListenAddress } from '../listen-address.ts'
import { parseSource } from '../route-checks/off-link/parse-source.ts'
import type { ValueOf } from './shape.ts'
import { SETTINGS } from './table.ts'

export type Key = keyof typeof SETTINGS

/** What a source says, in the form of the configuration file. Flags and variables take this form too. */
export type SettingsSource = { [K in Key]?: ValueOf<(typeof SETTINGS)[K]['shape']> }

export function isKey(name: string): name is Key {
  return Object.hasOwn(SETTINGS, name)
}

/** In the order of the table. */
export const KEYS = Object.keys(SETTINGS).filter(isKey)

type Defaults = { [K in Key]: (typeof SETTINGS)[K]['default'] }

export const DEFAULTS = pickDefaults()

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

/** `fromEntries` loses the types, so the overload states them. */
function pickDefaults(): Defaults
function pickDefaults(): object {
  return Object.fromEntries(Object.entries(SETTINGS).map(([key, setting]) => [key, setting.default]))
}
