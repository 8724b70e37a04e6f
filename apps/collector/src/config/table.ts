import { PROBES } from '@slashzero/contract/report'
import { SPOOL_LIMITS } from '../deliver/delivery.ts'
import { parseListenAddress } from '../listen-address.ts'
import { parseSource } from '../route-checks/off-link/parse-source.ts'
import { boolean, integer, list, number, table, text } from './shape.ts'
import type { Shape } from './shape.ts'

/** The commands that take settings. */
export type CommandName = 'once' | 'run' | 'doctor' | 'push-token'

/** One setting. Parser, variables, file, help, man page, collector.toml and docs/collector.md are derived from it. */
export type Setting = {
  /** Judges the value in the file's own type. Its message says what the value should be. */
  readonly shape: Shape<unknown>
  /** How a flag or a variable writes the value: `table` is one KEY=VALUE each time. */
  readonly form: 'text' | 'number' | 'numbers' | 'switch' | 'table'
  /** Null if the setting has no default; `otherwise` then says what holds. */
  readonly default: unknown
  readonly otherwise?: string
  readonly flag: string
  /** The placeholder in help; empty for a switch. */
  readonly argument: string
  readonly variable: string | null
  readonly commands: readonly CommandName[]
  readonly help: string
  /** What collector.toml adds to `help`. */
  readonly details?: string
  /** A value for collector.toml if there is no default. */
  readonly example?: unknown
}

const RUN: readonly CommandName[] = ['run']
const LOOKING: readonly CommandName[] = ['once', 'run', 'doctor']

const SECONDS = 'a number of seconds from 1 to 3600, for instance 15'
const TCP_PORTS = 'a list of at most four ports, for instance [22, 3389], or [] for none'
const LABEL_NAME = 'a name of 1 to 64 characters'
const LABELS = 'a table of at most 64 labels'
const LABEL_TEXT = 'text of 1 to 255 characters, for instance "par1"'

/** The rights of the probe that a setting turns on. */
function rightsOf(setting: string): string {
  return PROBES.flatMap((probe) => (probe.setting === setting ? (probe.capabilities ?? []) : [])).join(' and ')
}

/** Every setting once, by its key in the file. */
export const SETTINGS = {
  server: {
    shape: text('an http or https URL, for instance "https://slashzero.example"', isWebUrl),
    form: 'text',
    default: null,
    otherwise: 'none; `run` needs a server',
    flag: 'server',
    argument: 'URL',
    variable: 'SLASHZERO_SERVER',
    commands: RUN,
    help: 'The Slashzero server that receives the reports.',
    example: 'https://slashzero.example',
  },
  'server-ca': {
    shape: text('the path of a file with certificates in PEM, for instance "/etc/ssl/certs/ca-certificates.crt"'),
    form: 'text',
    default: null,
    otherwise: 'the well-known authorities and those that this system trusts',
    flag: 'server-ca',
    argument: 'FILE',
    variable: 'SLASHZERO_SERVER_CA',
    commands: RUN,
    help: 'Certificates, in PEM, of the authorities that may vouch for an https server.',
    details: 'The collector reads the file at the start and at SIGHUP.',
    example: '/etc/slashzero/server-ca.pem',
  },
  'enrolment-token': {
    shape: text('the token that `slashzero token enrol` printed, in quotes'),
    form: 'text',
    default: null,
    otherwise: 'none',
    flag: 'enrolment-token',
    argument: 'TOKEN',
    variable: 'SLASHZERO_ENROLMENT_TOKEN',
    commands: RUN,
    help: 'The token from `slashzero token enrol`. The collector exchanges it once for a credential of this host.',
    example: 'sz_enrol_0123456789',
  },
  'enrolment-token-file': {
    shape: text('the path of a file that holds the token, in quotes'),
    form: 'text',
    default: null,
    otherwise: 'none',
    flag: 'enrolment-token-file',
    argument: 'FILE',
    variable: 'SLASHZERO_ENROLMENT_TOKEN_FILE',
    commands: RUN,
    help: 'A file that holds the enrolment token and that only the collector can read.',
    example: '/etc/slashzero/enrolment-token',
  },
  'state-dir': {
    shape: text('the path of a folder, for instance "/var/lib/slashzero-collector"'),
    form: 'text',
    default: '/var/lib/slashzero-collector',
    flag: 'state-dir',
    argument: 'DIR',
    variable: 'SLASHZERO_STATE_DIR',
    commands: ['run', 'push-token'],
    help:
      'The folder that keeps the credential, the key of VM tokens and unsent reports (at most ' +
      `${SPOOL_LIMITS.diskBytes / 2 ** 20} MiB and ${SPOOL_LIMITS.ageMilliseconds / 3_600_000} hours).`,
    details: 'Only one collector may work in the folder.',
  },
  interval: {
    shape: number(SECONDS, 1, 3600),
    form: 'number',
    default: 15,
    flag: 'interval',
    argument: 'SECONDS',
    variable: 'SLASHZERO_INTERVAL_SECONDS',
    commands: RUN,
    help: 'Seconds from one report to the next, 1 to 3600.',
    details:
      'The collector reports at once when a tap comes or goes, or when nobody answers the router solicitation of a tap.',
  },
  'metrics-listen': {
    shape: text(
      'an address and a port like "127.0.0.1:9469" or "[::1]:9469", or "9469" for that port of 127.0.0.1',
      isListenAddress,
    ),
    form: 'text',
    default: null,
    otherwise: 'off',
    flag: 'metrics-listen',
    argument: 'ADDRESS:PORT',
    variable: 'SLASHZERO_METRICS_LISTEN',
    commands: RUN,
    help: 'Serves Prometheus metrics at /metrics of this address. A port alone means that port of 127.0.0.1.',
    example: '127.0.0.1:9469',
  },
  'metrics-textfile': {
    shape: text(
      'the path of a file that ends in .prom, for instance "/run/slashzero-collector/slashzero.prom"',
      isTextfile,
    ),
    form: 'text',
    default: null,
    otherwise: 'off',
    flag: 'metrics-textfile',
    argument: 'FILE',
    variable: 'SLASHZERO_METRICS_TEXTFILE',
    commands: RUN,
    help: "Writes the metrics to this .prom file for node_exporter's textfile collector, and removes the file at the end.",
    details:
      'The drop-in textfile.conf (in /usr/share/doc/slashzero-collector/examples) makes the folder and says how node_exporter finds the file.',
    example: '/run/slashzero-collector/slashzero.prom',
  },
  'off-link-source': {
    shape: text(
      'a global IPv6 address of this host, for instance "2001:db8:ffff::1"',
      (value) => parseSource(value) !== null,
    ),
    form: 'text',
    default: null,
    otherwise: 'off',
    flag: 'off-link-source',
    argument: 'ADDRESS',
    variable: 'SLASHZERO_OFF_LINK_SOURCE',
    commands: LOOKING,
    help:
      'Checks VMs from outside: asks each VM for an echo reply to this address of this host, ' +
      `which VMs reach only through their default route. Needs ${rightsOf('off-link-source')}.`,
    details:
      'A healthy VM is asked at most once a minute. The address must not be in a prefix of the VMs. This host must ' +
      'route for the VMs, and its firewall must let echo replies to the address in. A VM whose firewall answers only ' +
      'its neighbours looks as if the VM had no default route.',
    example: '2001:db8:ffff::1',
  },
  'off-link-tcp-ports': {
    shape: list(integer(TCP_PORTS, 1, 65_535), TCP_PORTS, 4),
    form: 'numbers',
    // SSH on Linux and remote desktop on Windows.
    default: [22, 3389],
    flag: 'off-link-tcp-ports',
    argument: 'PORT,PORT',
    variable: 'SLASHZERO_OFF_LINK_TCP_PORTS',
    commands: LOOKING,
    help: 'TCP ports, at most four, on which off-link-source asks VMs that do not answer an echo request.',
    details:
      'A refusal is an answer too. The collector resets an accepted connection at once. [] means echo requests only.',
  },
  'guest-push-listen': {
    shape: text(
      'an address and a port like "192.0.2.1:9470" or "[::]:9470"',
      (value) => value.includes(':') && isListenAddress(value),
    ),
    form: 'text',
    default: null,
    otherwise: 'off',
    flag: 'guest-push-listen',
    argument: 'ADDRESS:PORT',
    variable: 'SLASHZERO_GUEST_PUSH_LISTEN',
    commands: RUN,
    help:
      'Accepts what VMs push about their own routes (see `slashzero-collector push-token --help`) at this address, ' +
      'which VMs must reach without a default route.',
    details:
      'VMs push with the script slashzero-push (in /usr/share/slashzero-collector/guest). The address belongs to the ' +
      "host's own network namespace; [::] means all addresses. The protocol is plain HTTP, so choose addresses that " +
      'only VMs reach, or restrict access by a firewall. On a link where one VM can pose as this host, let VMs push to ' +
      'the server by https instead, because the impostor would get their tokens. Needs no right.',
    example: '192.0.2.1:9470',
  },
  'watch-advertisements': {
    shape: boolean('true or false'),
    form: 'switch',
    default: false,
    flag: 'watch-advertisements',
    argument: '',
    variable: 'SLASHZERO_WATCH_ADVERTISEMENTS',
    commands: ['run', 'doctor'],
    help:
      'Listens to Router Advertisements on every tap, which costs 0.4 µs of processor time per forwarded packet. ' +
      `Needs ${rightsOf('watch-advertisements')}.`,
    details:
      "The server can then count down each VM's default route and tell whether an advertisement ended the route. The " +
      'kernel shows each packet to one more filter per interface: 0.4 s of processor time per second at a million packets.',
  },
  labels: {
    shape: table(
      text(LABEL_NAME, (name) => name.length <= 64),
      text(LABEL_TEXT, (value) => value.length <= 255),
      'a table: a line [labels], and below it lines like site = "par1"',
      { max: 64, tooMany: LABELS },
    ),
    form: 'table',
    default: {},
    otherwise: 'none',
    flag: 'label',
    argument: 'KEY=VALUE',
    variable: null,
    commands: ['once', 'run'],
    help: 'A label of this hypervisor: a name of up to 64 characters and text of up to 255; at most 64 labels.',
    example: { site: 'par1' },
  },
  'guest-agents': {
    shape: table(
      text('the name of a VM'),
      text('the path of a unix socket, for instance "/run/qemu/vm-101.qga"'),
      'a table: a line [guest-agents], and below it lines like "vm-101" = "/run/qemu/vm-101.qga"',
    ),
    form: 'table',
    default: {},
    otherwise: "the path in QEMU's command line",
    flag: 'guest-agent',
    argument: 'VM-NAME=SOCKET-PATH',
    variable: null,
    commands: LOOKING,
    help: 'The unix socket on which the guest agent of a VM listens.',
    details: 'libvirt answers for the agents that libvirt holds.',
    example: { 'vm-101': '/run/qemu/vm-101.qga' },
  },
} satisfies Record<string, Setting>

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
