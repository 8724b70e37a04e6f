/** What `--help` prints for a command, or for the program where `command` is none of its commands. */
export function helpOf(command: string | undefined): string {
  return (command === undefined ? undefined : TEXTS.get(command)) ?? PROGRAM
}

const PROGRAM = `slashzero-collector tells a Slashzero server which RA daemons, taps and VMs this hypervisor has and how they are.

  slashzero-collector once [--json]     read this machine once and print the report
  slashzero-collector run --server URL  read this machine again and again and send the reports
  slashzero-collector COMMAND --help    all options of a command

It runs without any right and then says in each report what it could not read. To read everything it needs
CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH (the sockets and taps of other users' processes) and CAP_SYS_ADMIN
(network namespaces other than its own).
`

const COMMON = `  --guest-agent NAME=PATH      the guest agent of VM NAME listens on this unix socket (repeatable);
                               without, the path comes from the VM's QEMU command line
  --label KEY=VALUE            shown with this hypervisor (repeatable)
  -h, --help                   this text
`

const ONCE = `slashzero-collector once reads this machine once and prints the report that run would send.

  --json                       on one line, for programs; without, indented
${COMMON}`

const RUN = `slashzero-collector run reads this machine and sends the reports until it is told to stop.

  --server URL                 the Slashzero server (SLASHZERO_SERVER)
  --enrolment-token TOKEN      exchanged once for this host's own credential (SLASHZERO_ENROLMENT_TOKEN)
  --enrolment-token-file FILE  the same, read from a file (SLASHZERO_ENROLMENT_TOKEN_FILE)
  --state-dir DIR              keeps the credential and unsent reports (SLASHZERO_STATE_DIR);
                               default /var/lib/slashzero-collector
  --interval SECONDS           from one report to the next, 1 to 3600 (SLASHZERO_INTERVAL_SECONDS); default 15
${COMMON}`

const TEXTS = new Map([
  ['once', ONCE],
  ['run', RUN],
])
