import * as z from 'zod/mini'
import { parseListenAddress } from '../metrics/parse-listen-address.ts'
import type { ListenAddress } from '../metrics/serve-page.ts'
import { parseSource } from '../route-checks/off-link/parse-source.ts'

const SECONDS = 'a number of seconds from 1 to 3600, for instance 15'
const TCP_PORTS = 'a list of at most four ports, for instance [22, 3389], or [] for none'
const LABEL_NAME = 'a name of 1 to 64 characters'
const LABEL_TEXT = 'text of 1 to 255 characters, for instance "par1"'

/**
 * The settings that a source may give: the keys of the configuration file, with the file's own types. Flags and
 * variables are brought into this form too, so that one schema judges them all. A message is what the value should
 * be, to be read after "should be". zod/mini takes a quarter of zod's memory, which is the hypervisor's.
 */
export const settingsSource = z.partial(
  z.strictObject({
    server: text('an http or https URL, for instance "https://slashzero.example"', isWebUrl),
    'server-ca': text('the path of a file with certificates in PEM, for instance "/etc/ssl/certs/ca-certificates.crt"'),
    'enrolment-token': text('the token that `slashzero token enrol` printed, in quotes'),
    'enrolment-token-file': text('the path of a file that holds the token, in quotes'),
    'state-dir': text('the path of a folder, for instance "/var/lib/slashzero-collector"'),
    interval: z.number(SECONDS).check(z.minimum(1, SECONDS), z.maximum(3600, SECONDS)),
    'metrics-listen': text(
      'an address and a port like "127.0.0.1:9469" or "[::1]:9469", or "9469" for that port of 127.0.0.1',
      isListenAddress,
    ),
    'metrics-textfile': text(
      'the path of a file that ends in .prom, for instance "/var/lib/prometheus/node-exporter/slashzero.prom"',
      isTextfile,
    ),
    'off-link-source': text(
      'a global IPv6 address of this host, for instance "2001:db8:ffff::1"',
      (value) => parseSource(value) !== null,
    ),
    'off-link-tcp-ports': z
      .array(z.int(TCP_PORTS).check(z.minimum(1, TCP_PORTS), z.maximum(65_535, TCP_PORTS)), TCP_PORTS)
      .check(z.maxLength(4, TCP_PORTS)),
    'guest-push-listen': text(
      'an address and a port like "192.0.2.1:9470" or "[::]:9470"',
      (value) => value.includes(':') && isListenAddress(value),
    ),
    'watch-advertisements': z.boolean('true or false'),
    labels: z.record(
      z.string().check(z.minLength(1, LABEL_NAME), z.maxLength(64, LABEL_NAME)),
      z.string(LABEL_TEXT).check(z.minLength(1, LABEL_TEXT), z.maxLength(255, LABEL_TEXT)),
      'a table: a line [labels], and below it lines like site = "par1"',
    ),
    'guest-agents': z.record(
      text('the name of a VM'),
      text('the path of a unix socket, for instance "/run/qemu/vm-101.qga"'),
      'a table: a line [guest-agents], and below it lines like "vm-101" = "/run/qemu/vm-101.qga"',
    ),
  }),
)

export type SettingsSource = z.output<typeof settingsSource>
export type Key = keyof SettingsSource

/**
 * The flag and the environment variable that say the same as a key of the file; of a table, the flag gives one entry.
 */
export const SETTINGS: Record<Key, { flag: string; argument: string; variable: string | null }> = {
  server: { flag: 'server', argument: 'URL', variable: 'SLASHZERO_SERVER' },
  'server-ca': { flag: 'server-ca', argument: 'FILE', variable: 'SLASHZERO_SERVER_CA' },
  'enrolment-token': { flag: 'enrolment-token', argument: 'TOKEN', variable: 'SLASHZERO_ENROLMENT_TOKEN' },
  'enrolment-token-file': {
    flag: 'enrolment-token-file',
    argument: 'FILE',
    variable: 'SLASHZERO_ENROLMENT_TOKEN_FILE',
  },
  'state-dir': { flag: 'state-dir', argument: 'DIR', variable: 'SLASHZERO_STATE_DIR' },
  interval: { flag: 'interval', argument: 'SECONDS', variable: 'SLASHZERO_INTERVAL_SECONDS' },
  'metrics-listen': { flag: 'metrics-listen', argument: 'ADDRESS', variable: 'SLASHZERO_METRICS_LISTEN' },
  'metrics-textfile': { flag: 'metrics-textfile', argument: 'FILE', variable: 'SLASHZERO_METRICS_TEXTFILE' },
  'off-link-source': { flag: 'off-link-source', argument: 'ADDRESS', variable: 'SLASHZERO_OFF_LINK_SOURCE' },
  'off-link-tcp-ports': { flag: 'off-link-tcp-ports', argument: 'PORT,PORT', variable: 'SLASHZERO_OFF_LINK_TCP_PORTS' },
  'guest-push-listen': { flag: 'guest-push-listen', argument: 'ADDRESS:PORT', variable: 'SLASHZERO_GUEST_PUSH_LISTEN' },
  'watch-advertisements': { flag: 'watch-advertisements', argument: '', variable: 'SLASHZERO_WATCH_ADVERTISEMENTS' },
  labels: { flag: 'label', argument: 'KEY=VALUE', variable: null },
  'guest-agents': { flag: 'guest-agent', argument: 'VM-NAME=SOCKET-PATH', variable: null },
}

/** In the order of the schema. */
export const KEYS = z.keyof(settingsSource).options

/** What holds where no source says otherwise. */
export const DEFAULTS = {
  'state-dir': '/var/lib/slashzero-collector',
  interval: 15,
  // Where Linux and Windows listen for those who look after them.
  'off-link-tcp-ports': [22, 3389],
  'watch-advertisements': false,
  labels: {},
  'guest-agents': {},
} satisfies SettingsSource

/** What the collector works with, once all sources are put together. */
export type Settings = {
  /** Null where no source names it. */
  server: string | null
  /** PEM of the authorities that the server's certificate is held against; null for those that the program knows or this system trusts. */
  serverCa: string | null
  /** Null where no source has one; the state directory may hold a credential already. */
  enrolmentToken: string | null
  stateDir: string
  intervalMilliseconds: number
  /** Where metrics are served; null for nowhere. */
  metricsListen: ListenAddress | null
  /** The file for node_exporter; null for none. */
  metricsTextfile: string | null
  /** 32 hexadecimal digits of the address that VMs are checked from; null for no such check. */
  offLinkSource: string | null
  /** Where they are asked for a TCP connection that do not answer an echo request. */
  offLinkTcpPorts: readonly number[]
  /** Where guests may push their routes; null for nowhere. */
  guestPushListen: ListenAddress | null
  /** Whether it listens to what Router Advertisements say on every port. */
  watchAdvertisements: boolean
  labels: Record<string, string>
  /** Sockets of guest agents by VM name, before what the VM's command line says. */
  guestAgents: ReadonlyMap<string, string>
}

function text(expected: string, fits: (value: string) => boolean = () => true) {
  return z.string(expected).check(z.refine((value) => value !== '' && fits(value), expected))
}

function isWebUrl(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
}

function isListenAddress(value: string): boolean {
  return parseListenAddress(value) !== null
}

/** node_exporter reads no other files. */
function isTextfile(value: string): boolean {
  return value.endsWith('.prom')
}
