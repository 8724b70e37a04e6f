import { ShapeError } from '../text/shape-error.ts'

/** An option that dnsmasq was given, by its long name. All text is byte text. */
export type DnsmasqOption = {
  name: string
  /** Null if the option has no value. */
  value: string | null
  /** The parts of the value. In a configuration file, a comma within quotation marks separates nothing. */
  values: string[]
  file: string
  /** The line, counted from 1; on a command line, the argument. */
  line: number
}

/** The name of a command line in errors. */
export const COMMAND_LINE = 'its command line'

/**
 * Reads from dnsmasq's arguments (program first) the options that say what it advertises, in order. A word without a
 * dash is the value of the option before, because dnsmasq refuses other words.
 */
export function readDnsmasqArguments(args: readonly string[]): DnsmasqOption[] {
  const options: DnsmasqOption[] = []
  for (let at = 1; at < args.length; at += 1) {
    const argument = args[at] ?? ''
    if (argument === '--') break
    const [name = '', joined] = argument.startsWith('--') ? splitLong(argument) : splitShort(argument)
    const next = args[at + 1]
    const value = joined ?? (next === '-' || next?.startsWith('-') === false ? next : null)
    if (RELEVANT.has(name))
      options.push(check({ name, value, values: split(value ?? ''), file: COMMAND_LINE, line: at }))
  }
  return options
}

/**
 * Reads the same options from a configuration file (read_file in option.c of dnsmasq 2.90). Skips options of later
 * versions. Throws ShapeError with the line.
 */
export function readDnsmasqConf(text: string, file: string): DnsmasqOption[] {
  return text.split('\n').flatMap((line, index) => {
    const stripped = strip(line, file, index + 1)
    const equals = stripped.indexOf('=')
    const name = trimSpace(equals === -1 ? stripped : stripped.slice(0, equals))
    if (!RELEVANT.has(name)) return []
    const hidden = equals === -1 ? null : trimSpace(stripped.slice(equals + 1))
    // dnsmasq compares the words of a range as they are hidden, except for names.
    const values = split(hidden ?? '').map((word) => (name === 'dhcp-range' ? unhideName(word) : unhide(word)))
    return [check({ name, value: hidden === null ? null : unhide(hidden), values, file, line: index + 1 })]
  })
}

function splitLong(argument: string): [name: string, value?: string] {
  const end = argument.indexOf('=')
  return end === -1 ? [argument.slice(2)] : [argument.slice(2, end), argument.slice(end + 1)]
}

/** Short options can be joined, and the last option with its value (getopt(3)). */
function splitShort(argument: string): [name?: string, value?: string] {
  const match = /^-[^rmpclstiuagxSCATHQIBFGOMXVUjPJWY2467803]*([rmpclstiuagxSCATHQIBFGOMXVUjPJWY2467803])(.*)$/s.exec(
    argument,
  )
  if (match === null) return []
  const name = SHORT[match[1] ?? ''] ?? ''
  return match[2] === '' ? [name] : [name, match[2] ?? '']
}

function split(value: string): string[] {
  return value.split(',').map((word) => word.trim())
}

/** Within quotation marks, dnsmasq replaces each of these characters by its place in the list (hide_meta, option.c). */
const META = '\x00123456 \b\t\n78\r90abcdefABCDE\x1bF:,.'

function hide(character: string): string {
  const place = META.indexOf(character)
  return place === -1 ? character : String.fromCharCode(place)
}

function unhide(text: string): string {
  return Array.from(text, (character) => META[character.charCodeAt(0)] ?? character).join('')
}

function unhideName(word: string): string {
  const name = word.startsWith('constructor:') ? word.slice('constructor:'.length) : null
  return name === null ? word : `constructor:${unhide(name)}`
}

/** What a backslash within quotation marks stands for. */
function unescape(quoted: string): string {
  return quoted.replace(/\\(["tnebr\\])/g, (_, letter: string) => ESCAPES[letter] ?? letter)
}

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', b: '\b', r: '\r', e: '\x1b' }

/** The line without comment, quotes and surrounding space. Time grows in proportion to the length of the line. */
function strip(line: string, file: string, number: number): string {
  const parts: string[] = []
  let before = ' '
  for (let at = 0; at < line.length; at += 1) {
    let part = line[at] ?? ''
    if (part === '"') {
      const end = /(?:[^"\\]|\\.)*?"/sy
      end.lastIndex = at + 1
      const quoted = end.exec(line)?.[0]
      if (quoted === undefined) throw new ShapeError(file, number, 'an end of the quotation', line.slice(at, at + 80))
      part = Array.from(unescape(quoted.slice(0, -1)), hide).join('')
      at += quoted.length
    } else if (part === '#' && SPACE.test(before)) break
    parts.push(part)
    before = part
  }
  return trimSpace(parts.join(''))
}

function trimSpace(text: string): string {
  let [start, end] = [0, text.length]
  while (start < end && SPACE.test(text[start] ?? '')) start += 1
  while (end > start && SPACE.test(text[end - 1] ?? '')) end -= 1
  return text.slice(start, end)
}

/** The same bytes as isspace(3) in the C locale. */
const SPACE = /^[ \t\r\v\f\n]$/

function check(option: DnsmasqOption): DnsmasqOption {
  const { name, value, file, line } = option
  if (name === 'enable-ra') {
    if (value !== null && file !== COMMAND_LINE) throw new ShapeError(file, line, 'nothing after enable-ra', value)
  } else if (value === null) throw new ShapeError(file, line, `a value after ${name}`, '')
  return option
}

const SHORT: Readonly<Record<string, string>> = {
  C: 'conf-file',
  '7': 'conf-dir',
  i: 'interface',
  I: 'except-interface',
  '2': 'no-dhcp-interface',
  F: 'dhcp-range',
  a: 'listen-address',
}

const RELEVANT: ReadonlySet<string> = new Set([
  ...Object.values(SHORT),
  'conf-script',
  'enable-ra',
  'ra-param',
  'no-dhcpv6-interface',
  'no-dhcpv4-interface',
  'bridge-interface',
])
