import type { VmResource } from '@slashzero/contract/rest'

const columns: readonly (readonly [string, (vm: VmResource) => string | number | null])[] = [
  ['id', (vm) => vm.id],
  ['name', (vm) => vm.name],
  ['uuid', (vm) => vm.uuid],
  ['hypervisor_id', (vm) => vm.hypervisor.id],
  ['hypervisor', (vm) => vm.hypervisor.name],
  ['hypervisor_status', (vm) => vm.hypervisor.status],
  ['tap', (vm) => vm.tap?.name ?? null],
  ['tap_ifindex', (vm) => vm.tap?.ifindex ?? null],
  ['route', (vm) => vm.route.status],
  ['since', (vm) => vm.route.since],
  ['reason', (vm) => vm.route.reason],
  ['cause', (vm) => vm.cause],
  ['checked_at', (vm) => vm.route.checkedAt],
  ['method', (vm) => vm.route.method],
  ['gateway', (vm) => vm.route.gateway],
  ['expires_at', (vm) => vm.route.expiresAt],
  ['demo', (vm) => String(vm.demo)],
]

const PIECE_CHARACTERS = 64 * 1024

/** VMs as CSV (RFC 4180: CRLF, doubled quotes). The first line names the columns; null is an empty field. */
export async function* vmsToCsv(vms: AsyncIterable<VmResource>): AsyncGenerator<string> {
  let piece = toLine(columns.map(([name]) => name))
  for await (const vm of vms) {
    piece += toLine(columns.map(([, read]) => toField(read(vm))))
    if (piece.length < PIECE_CHARACTERS) continue
    yield piece
    piece = ''
  }
  if (piece !== '') yield piece
}

function toLine(fields: readonly string[]): string {
  return `${fields.join(',')}\r\n`
}

/**
 * A spreadsheet may run guests' text as a formula (OWASP, CSV injection): = + - @ | % or a look-alike after blanks, or
 * a leading tab, CR or LF. A leading single quote makes a spreadsheet show the text.
 */
const FORMULA = /^(?:[\t\r\n]|[\s\p{C}\p{Default_Ignorable_Code_Point}]*[=+\-@|%\u2212])/u

function toField(value: string | number | null): string {
  if (value === null) return ''
  const text = typeof value === 'string' && FORMULA.test(value.normalize('NFKC')) ? `'${value}` : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
