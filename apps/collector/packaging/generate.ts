import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { optionsOf } from '../src/command/options.ts'
import type { Option } from '../src/command/options.ts'
import { describeDefault, describeVariable } from '../src/config/describe-setting.ts'
import { SETTINGS } from '../src/config/index.ts'
import type { Setting } from '../src/config/index.ts'
import { ABILITIES_BY_RIGHTS } from '../src/doctor/abilities.ts'
import { fold } from '../src/doctor/lay-out.ts'

// Writes what is derived from the tables of settings and of probes: collector.toml, the man page's options and rights,
// tables in docs/collector.md.

/** The path of each generated file, and the text that the file should have. */
export function generateFiles(): ReadonlyMap<string, string> {
  return new Map([
    [pathOf('../collector.toml'), writeToml()],
    [
      MAN_PAGE,
      replaceBetween(
        replaceBetween(readFileSync(MAN_PAGE, 'utf8'), MAN_MARKERS, writeManOptions()),
        MAN_RIGHTS_MARKERS,
        writeManRights(),
      ),
    ],
    [
      DOCUMENT,
      replaceBetween(
        replaceBetween(readFileSync(DOCUMENT, 'utf8'), MARKERS, writeTable()),
        RIGHTS_MARKERS,
        writeRights(),
      ),
    ],
  ])
}

const DOCUMENT = pathOf('../../../docs/collector.md')
const MAN_PAGE = pathOf('slashzero-collector.8')
const RIGHTS_MARKERS = ['<!-- rights -->\n', '<!-- /rights -->'] as const
const MARKERS = ['<!-- settings -->\n', '<!-- /settings -->'] as const
const MAN_MARKERS = [String.raw`.\" settings` + '\n', String.raw`.\" /settings`] as const
const MAN_RIGHTS_MARKERS = [String.raw`.\" rights` + '\n', String.raw`.\" /rights`] as const
const ENTRIES: readonly (readonly [string, Setting])[] = Object.entries(SETTINGS)

const TOML_HEAD = `# Configuration of slashzero-collector, generated from the table of settings. The default path is
# /etc/slashzero/collector.toml; --config names another file. Check the file with \`slashzero-collector config check\`;
# apply the file to a running collector with SIGHUP (\`systemctl reload\`). A flag takes precedence over the environment
# variable, and the variable over this file. Unknown keys are errors. A line [TABLE] begins a table that ends at the next
# [TABLE], so tables come last.
`

function writeToml(): string {
  const tables = ENTRIES.filter(([, { form }]) => form === 'table')
  const others = ENTRIES.filter(([, { form }]) => form !== 'table')
  return [TOML_HEAD, ...[...others, ...tables].map(([key, setting]) => writeTomlSetting(key, setting))].join('\n')
}

function writeTomlSetting(key: string, setting: Setting): string {
  const { help, details, flag, argument, form, otherwise } = setting
  const without = otherwise === undefined ? '' : ` Default: ${otherwise}.`
  const names = [form === 'table' ? `--${flag} ${argument}` : `--${flag}`, describeVariable(setting) ?? []].flat()
  const words = `${help}${details === undefined ? '' : ` ${details}`}${without} (${names.join(', ')})`
  const comment = fold(words, 118).map((line) => `# ${line}\n`)
  return comment.join('') + writeTomlValue(key, setting)
}

function writeTomlValue(key: string, setting: Setting): string {
  if (setting.form !== 'table') {
    return setting.default === null ? `#${key} = ${toToml(setting.example)}\n` : `${key} = ${toToml(setting.default)}\n`
  }
  const entries = Object.entries(setting.example ?? {}).map(
    ([name, value]) => `#${/^\w+$/.test(name) ? name : JSON.stringify(name)} = ${toToml(value)}\n`,
  )
  return `#[${key}]\n${entries.join('')}`
}

function toToml(value: unknown): string {
  return Array.isArray(value) ? `[${value.join(', ')}]` : JSON.stringify(value)
}

function writeManOptions(): string {
  return optionsOf(null).map(writeManOption).join('')
}

function writeManOption({ flag, argument, form, help, setting }: Option): string {
  const name = `--${flag}${argument === '' ? '' : ` ${argument}`}`
  const variable = setting && describeVariable(setting)
  const repeatable = form === 'table' ? ' May be given again.' : ''
  const otherwise = setting ? `${repeatable} Default: ${describeDefault(setting)}.` : ''
  return `.TP\n.B ${toRoff(`${name}${variable ? ` [${variable}]` : ''}`)}\n${toRoff(help + otherwise)}\n`
}

function writeManRights(): string {
  const entries = [...ABILITIES_BY_RIGHTS].map(
    ([rights, abilities]) => `.TP\n.B ${rights}\n${toRoff(listSights(abilities))}.\n`,
  )
  return entries.join('')
}

/** Escapes the characters that roff interprets. A dash stays a dash that a reader can copy. */
function toRoff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', String.raw`\-`)
    .replaceAll(/^(?=[.'])/gm, String.raw`\&`)
}

function writeTable(): string {
  const rows = ENTRIES.map(([key, setting]) => {
    const variable = describeVariable(setting)
    const flag = `\`--${setting.flag}\``
    const cells = [
      `\`${key}\``,
      flag,
      variable === null ? '' : `\`${variable}\``,
      describeDefault(setting),
      setting.help,
    ]
    return `| ${cells.join(' | ')} |\n`
  })
  const head = '\n| key of the file | flag | variable | default | meaning |\n|---|---|---|---|---|\n'
  const more = '\n[`collector.toml`](../apps/collector/collector.toml) says more about each key in a comment.\n\n'
  return head + rows.join('') + more
}

function writeRights(): string {
  const rows = [...ABILITIES_BY_RIGHTS].map(
    ([rights, abilities]) => `| ${rights.replaceAll(/CAP_\w+/g, '`$&`')} | ${listSights(abilities)} |\n`,
  )
  return `\n| rights | what they add |\n|---|---|\n${rows.join('')}\n`
}

function listSights(abilities: readonly { readonly sees: string }[]): string {
  return abilities.map(({ sees }) => sees).join('; ')
}

/** The text with `inner` between the two markers. Throws if a marker is missing. */
function replaceBetween(text: string, [open, close]: readonly [string, string], inner: string): string {
  const start = text.indexOf(open)
  const end = text.indexOf(close)
  if (start < 0 || end < start)
    throw new Error(`The markers ${open.trim()} and ${close} are missing: put both into the file`)
  return text.slice(0, start + open.length) + inner + text.slice(end)
}

function pathOf(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url))
}

if (import.meta.main) for (const [path, text] of generateFiles()) writeFileSync(path, text)
