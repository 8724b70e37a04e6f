/**
 * The configuration file of a radvd: the value of `-C FILE` or `--config FILE` in every spelling that getopt_long(3)
 * accepts, otherwise the default of Debian, Red Hat and radvd itself. Takes the arguments, byte text, program first.
 */
export function findRadvdConf(args: readonly string[]): string {
  let path = '/etc/radvd.conf'
  for (let at = 1; at < args.length; at += 1) {
    const argument = args[at] ?? ''
    if (argument === '--') break
    const [option = '', value] = splitOption(argument)
    if (!TAKES_VALUE.has(option)) continue
    const given = value ?? args[(at += 1)]
    if ((option === 'C' || option === 'config') && given !== undefined) path = given
  }
  return path
}

/** Short options can be joined, and the last option with its value. */
function splitOption(argument: string): [option?: string, value?: string] {
  const long = /^--([^=]+)(?:=(.*))?$/s.exec(argument)
  if (long !== null) return long[2] === undefined ? [long[1] ?? ''] : [long[1] ?? '', long[2]]
  const short = /^-[^Cdflmptu]*([Cdflmptu])(.*)$/s.exec(argument)
  if (short === null) return []
  return short[2] === '' ? [short[1] ?? ''] : [short[1] ?? '', short[2] ?? '']
}

const TAKES_VALUE: ReadonlySet<string> = new Set([
  'C',
  'd',
  'f',
  'l',
  'm',
  'p',
  't',
  'u',
  'config',
  'debug',
  'facility',
  'logfile',
  'logmethod',
  'pidfile',
  'chrootdir',
  'username',
])
