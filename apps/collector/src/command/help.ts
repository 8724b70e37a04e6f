import { ABILITIES } from '../doctor/abilities.ts'
import { hang } from '../doctor/lay-out.ts'

/** What `--help` prints for a command, or for the program where `command` is none of its commands. */
export function helpOf(command: string | undefined): string {
  return (command === undefined ? undefined : TEXTS.get(command)) ?? PROGRAM
}

const PROGRAM = `slashzero-collector tells a Slashzero server which RA daemons, taps and VMs this hypervisor has and how they are.

  slashzero-collector doctor            say in words how this machine is, and what to do; needs no server
  slashzero-collector once [--json]     read this machine once and print the report
  slashzero-collector run               read this machine again and again and send the reports
  slashzero-collector push-token VM     print the token with which a VM pushes its own routes to this machine
  slashzero-collector config check      say what is wrong with the configuration file
  slashzero-collector COMMAND --help    all options of a command
  slashzero-collector --version         the version, as reports say it

It runs without any right and then says in each report what it could not read. Rights add to what it is able to see:
${listRights()}`

function listRights(): string {
  const bySet = Map.groupBy(
    ABILITIES.filter(({ capabilities }) => capabilities.length > 0),
    ({ capabilities }) => capabilities.join(' and '),
  )
  const lines = [...bySet].flatMap(([set, abilities]) =>
    [`  ${set}`].concat(abilities.flatMap(({ sees }) => hang('    - ', sees, 110))),
  )
  return lines.map((line) => `${line}\n`).join('')
}

const GUEST_AGENT = `  --guest-agent NAME=PATH      the guest agent of VM NAME listens on this unix socket (repeatable);
                               without, the path comes from the VM's QEMU command line
`
const OFF_LINK = `  --off-link-source ADDRESS    checks VMs from outside as well: asks each for an echo reply to this address of this host,
                               which is off-link for it (SLASHZERO_OFF_LINK_SOURCE); default off
  --off-link-tcp-ports PORTS   where those are asked for a TCP connection that do not answer an echo request
                               (SLASHZERO_OFF_LINK_TCP_PORTS); default 22,3389
`
const ADVERTISEMENTS = `  --watch-advertisements       listens to what Router Advertisements say on every port, which costs 0.4 µs a forwarded packet
                               (SLASHZERO_WATCH_ADVERTISEMENTS=true); default off
`
const COMMON = `  --config FILE                the configuration file; default /etc/slashzero/collector.toml, which need not exist
  -h, --help                   this text
`
const PRECEDENCE = `
A flag goes before the environment variable of the same meaning, and that before the configuration file.
`

const ONCE = `slashzero-collector once reads this machine once and prints the report that run would send.

  --json                       on one line, for programs; without, indented
${GUEST_AGENT}${OFF_LINK}  --label KEY=VALUE            shown with this hypervisor (repeatable)
${COMMON}${PRECEDENCE}`

const RUN = `slashzero-collector run reads this machine and sends the reports until it is told to stop.

  --server URL                 the Slashzero server (SLASHZERO_SERVER)
  --server-ca FILE             certificates of the authorities that may vouch for an https server, in place of the well-known
                               ones and of those that this system trusts (SLASHZERO_SERVER_CA)
  --enrolment-token TOKEN      exchanged once for this host's own credential (SLASHZERO_ENROLMENT_TOKEN)
  --enrolment-token-file FILE  the same, read from a file (SLASHZERO_ENROLMENT_TOKEN_FILE)
  --state-dir DIR              keeps the credential and unsent reports (SLASHZERO_STATE_DIR);
                               default /var/lib/slashzero-collector
  --interval SECONDS           from one report to the next, 1 to 3600 (SLASHZERO_INTERVAL_SECONDS); default 15
  --metrics-listen ADDRESS     serves Prometheus metrics at /metrics of this ADDRESS:PORT, or of a port on 127.0.0.1
                               (SLASHZERO_METRICS_LISTEN); default off
  --metrics-textfile FILE      writes them to this .prom file for node_exporter's textfile collector, and removes it
                               at the end (SLASHZERO_METRICS_TEXTFILE); default off
${GUEST_AGENT}${OFF_LINK}  --guest-push-listen ADDRESS:PORT
                               takes what VMs push of their own routes, see push-token (SLASHZERO_GUEST_PUSH_LISTEN);
                               default off
${ADVERTISEMENTS}  --label KEY=VALUE            shown with this hypervisor (repeatable)
${COMMON}${PRECEDENCE}SIGHUP reads the configuration file again; where that is broken, the old one stays in force.
`

const DOCTOR = `slashzero-collector doctor looks at this machine, with no server, and says in words how its RA daemons, ports and VMs are, what
the likely cause is and which command to type next. It looks a second time, up to 11 s later, where only time can tell.

  --format text                for people; the default
  --format json, --json        for programs: one object with status, summary, findings (level, subject, problem, cause, steps),
                               namespaces (senders, ports), vms, abilities and unread
  --format nagios              one line with performance data, for Nagios and Icinga; looks again after 3 s at most
  --format checkmk             lines of a Checkmk local check; looks again after 3 s at most
${GUEST_AGENT}${OFF_LINK}${ADVERTISEMENTS}${COMMON}
Exit status: 0 healthy, 1 at risk, 2 broken (a socket that blocks, or a VM without ::/0), 3 unknown: what could be seen is well, but
not all that matters could be seen. --format checkmk exits with 0 whenever its lines tell, for Checkmk drops the lines of a cached
check that exits otherwise.
`

const PUSH_TOKEN = `slashzero-collector push-token VM prints the token with which the script slashzero-push in VM pushes its routes to this
machine, where guest-push-listen is set. VM is its uuid; its name only where it has none, for that speaks for whichever VM bears it later.
A token speaks for no other VM. Nothing is stored but one key, in the file guest-push-key of the state directory: copied to the
hypervisors that a VM may move to, its token is valid there too; removed, all tokens end.

  --state-dir DIR              where the key is (SLASHZERO_STATE_DIR); default /var/lib/slashzero-collector
${COMMON}${PRECEDENCE}`

const CONFIG = `slashzero-collector config check [FILE] names line, key and fix of each problem of a configuration file;
default /etc/slashzero/collector.toml. Exit status: 0 where nothing is wrong, 2 otherwise.

  -h, --help                   this text
`

const TEXTS = new Map([
  ['once', ONCE],
  ['run', RUN],
  ['doctor', DOCTOR],
  ['push-token', PUSH_TOKEN],
  ['config', CONFIG],
])
