import { CONFIGURATION_FILE, SETTINGS } from '../config/index.ts'
import type { CommandName, Setting } from '../config/index.ts'

/** What a command line may hold: a setting, or an option that only the command line has. */
export type Option = Pick<Setting, 'flag' | 'form' | 'argument' | 'help'> & {
  readonly commands: readonly (CommandName | 'config')[]
  readonly setting?: Setting
}

const EVERY = ['once', 'run', 'doctor', 'push-token', 'config'] as const

/** Every option once, in the order of help and the man page. */
const OPTIONS: readonly Option[] = [
  {
    flag: 'json',
    form: 'switch',
    argument: '',
    commands: ['once', 'doctor'],
    help: '`once` prints the report on one line, for programs. `doctor` prints what --format json prints.',
  },
  {
    flag: 'format',
    form: 'text',
    argument: 'FORMAT',
    commands: ['doctor'],
    help:
      'text: for people, the default. json: one object for programs. nagios: one line with performance data, for ' +
      'Nagios and Icinga. checkmk: the lines of a Checkmk local check.',
  },
  ...Object.values<Setting>(SETTINGS).map(toOption),
  {
    flag: 'config',
    form: 'text',
    argument: 'FILE',
    commands: EVERY,
    help: `The configuration file. Default: ${CONFIGURATION_FILE}, which may be missing.`,
  },
  { flag: 'help', form: 'switch', argument: '', commands: EVERY, help: 'Prints the help of the command.' },
]

/** The options of one command, or all options. */
export function optionsOf(command: string | null): readonly Option[] {
  return OPTIONS.filter(({ commands }) => command === null || commands.some((name) => name === command))
}

function toOption(setting: Setting): Option {
  const { flag, form, argument, help, commands } = setting
  return { flag, form, argument, help, commands, setting }
}
