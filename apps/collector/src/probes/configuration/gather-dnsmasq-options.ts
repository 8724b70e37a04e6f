import { selectConfFiles, showBytes } from '@slashzero/linux'
import type { DnsmasqOption } from '@slashzero/linux'
import { isRefusal } from '../../io/kernel.ts'
import type { ConfinedFiles } from './confined-files.ts'

/**
 * All options of a dnsmasq in its reading order (read_opts in option.c of 2.90): command line with its files, then main
 * file. Out: values as text, and the main file. Throws if a part is not readable.
 */
export async function gatherDnsmasqOptions(
  given: readonly DnsmasqOption[],
  files: ConfinedFiles<DnsmasqOption[]>,
): Promise<{ options: DnsmasqOption[]; main: string }> {
  const options: DnsmasqOption[] = []
  const seen = new Set<string>()
  const first = given.find(({ name, value }) => name === 'conf-file' && value !== '')
  const main = first?.value ?? DEFAULT
  for (const option of given) if (option !== first) await take(option)
  await include(main, first === undefined)
  return { options, main: showBytes(main) }

  async function take(option: DnsmasqOption): Promise<void> {
    const { name, value, values, file, line } = option
    switch (name) {
      case 'conf-file':
        return include(value ?? '', false)
      case 'conf-dir':
        return includeFolder(values)
      case 'conf-script':
        throw new Error(
          `${file}:${line}: a program prints a part of the configuration, and the collector does not run programs`,
        )
      default:
        if (options.push({ ...option, value: value && showBytes(value), values: values.map(showBytes) }) > MAX_OPTIONS)
          throw new Error(`the configuration has more than ${MAX_OPTIONS} options`)
    }
  }

  async function includeFolder(values: readonly string[]): Promise<void> {
    const { folder, selects } = selectConfFiles(values)
    const names = (await files.list(folder)).filter(selects)
    for (const name of names.toSorted((a, b) => a.localeCompare(b))) await include(`${folder}/${name}`, false)
  }

  /** Reads a file once even if it is named twice. */
  async function include(path: string, mayBeMissing: boolean): Promise<void> {
    if (path === '' || path === '/dev/null' || seen.has(path)) return
    if (path === '-')
      throw new Error('a part of the configuration came from standard input, and the collector cannot read it again')
    if (seen.add(path).size > MAX_FILES) throw new Error(`the configuration has more than ${MAX_FILES} files`)
    const found = await files.read(path).catch((error: unknown) => {
      if (mayBeMissing && isRefusal(error, 'ENOENT') && error.call === path) return []
      throw error
    })
    for (const option of found) await take(option)
  }
}

const DEFAULT = '/etc/dnsmasq.conf'
const MAX_FILES = 256
const MAX_OPTIONS = 20_000
