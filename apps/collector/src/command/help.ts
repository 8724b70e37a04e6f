import { describeDefault, describeVariable } from '../config/describe-setting.ts'
import { ABILITIES_BY_RIGHTS } from '../doctor/abilities.ts'
import { hang } from '../doctor/lay-out.ts'
import { optionsOf } from './options.ts'
import type { Option } from './options.ts'

const WIDTH = 110
const LABEL_WIDTH = 31

/** What `--help` prints for a command, or for the program if there is no such command. */
export function helpOf(command: string | null): string {
  const words = command === null ? undefined : WORDS.get(command)
  if (command === null || words === undefined) return PROGRAM
  const options = optionsOf(command)
  const precedence = options.some(({ setting }) => setting !== undefined) ? `\n${PRECEDENCE}` : ''
  const after = words.after === undefined ? '' : `\n${words.after}`
  return `${words.before}\n${options.flatMap(listOption).join('\n')}\n${precedence}${after}`
}

function listOption(option: Option): string[] {
  const label = `  ${option.flag === 'help' ? '-h, ' : ''}--${option.flag} ${option.argument}`.trimEnd()
  const indent = ' '.repeat(LABEL_WIDTH)
  return label.length > LABEL_WIDTH - 2
    ? [label, ...hang(indent, describeOption(option), WIDTH)]
    : hang(label.padEnd(LABEL_WIDTH), describeOption(option), WIDTH)
}

function describeOption({ help, form, setting }: Option): string {
  if (setting === undefined) return help
  const variable = describeVariable(setting)
  const repeatable = form === 'table' ? ' Repeatable.' : ''
  return `${help}${repeatable} Default: ${describeDefault(setting)}.${variable === null ? '' : ` (${variable})`}`
}

const PROGRAM = `slashzero-collector tells a Slashzero server which RA daemons, taps and VMs this hypervisor has and how they are.

  slashzero-collector doctor            say in words how this machine is, and what to do; needs no server
  slashzero-collector once [--json]     read this machine once and print the report
  slashzero-collector run               read this machine again and again and send the reports
  slashzero-collector push-token VM     print the token with which a VM pushes its own routes to this machine
  slashzero-collector config check      say what is wrong in the configuration file
  slashzero-collector COMMAND --help    all options of a command
  slashzero-collector --version         the version that reports name

The collector runs without any right and then says in each report what it could not read. Each right adds something:
${listRights()}`

function listRights(): string {
  const lines = [...ABILITIES_BY_RIGHTS].flatMap(([rights, abilities]) =>
    [`  ${rights}`].concat(abilities.flatMap(({ sees }) => hang('    - ', sees, WIDTH))),
  )
  return lines.map((line) => `${line}\n`).join('')
}

const PRECEDENCE = `A flag takes precedence over the environment variable in brackets, and the variable over the configuration file.
`

const ONCE = {
  before: `slashzero-collector once reads this machine once and prints the report that \`run\` would send.
`,
}

const RUN = {
  before: `slashzero-collector run reads this machine again and again and sends the reports until SIGTERM or SIGINT.
`,
  after: `SIGHUP reloads the configuration file. If the file is broken, the old settings stay.
`,
}

const DOCTOR = {
  before: `slashzero-collector doctor looks at this machine and says in words how its RA daemons, taps and VMs are, what the
likely cause is and which command to type next. It needs no server. If only time can tell, doctor looks a second
time, up to 11 s later; with --format nagios or checkmk, at most 3 s later.

--format json prints one object with status, summary, findings (level, subject, problem, cause, steps), namespaces
(senders, taps), vms, abilities and unread.
`,
  after: `Exit status: 0 healthy, 1 at risk, 2 broken (a socket blocks, or a VM has no ::/0), 3 unknown (everything that doctor
could see is well, but doctor could not see all that matters). --format checkmk ends with 0 whenever it prints its
lines, because Checkmk drops the lines of a cached check that ends otherwise.
`,
}

const PUSH_TOKEN = {
  before: `slashzero-collector push-token VM prints the token with which the script slashzero-push in VM pushes its routes to this
machine, if guest-push-listen is set. Name VM by its uuid. Use the name only if VM has no uuid, because the token
then speaks for every later VM of that name. A token speaks for no other VM. The only thing stored is one key, in the
file guest-push-key of the state folder. Copy the key to the hypervisors that a VM may move to, and its token is valid
there too. Remove the key, and all tokens end.
`,
}

const CONFIG = {
  before: `slashzero-collector config check [FILE] names the line, the key and the fix of each problem in a configuration file.
Exit status: 0 if nothing is wrong, otherwise 2.
`,
}

type Words = { readonly before: string; readonly after?: string }

const WORDS = new Map<string, Words>([
  ['once', ONCE],
  ['run', RUN],
  ['doctor', DOCTOR],
  ['push-token', PUSH_TOKEN],
  ['config', CONFIG],
])
