import type { SenderReading } from './read-sender.ts'

/** Whether the kernel would refuse one more membership. */
export function isFull({ optmemBytes, membershipBytes, optmemMaxBytes }: SenderReading): boolean {
  return optmemBytes + membershipBytes >= optmemMaxBytes
}

export function describe(reading: SenderReading): string {
  const { program, optmemBytes, optmemMaxBytes, memberships, staleInterfaceIndexes } = reading
  const bytes = `${format(optmemBytes)} of ${format(optmemMaxBytes)} bytes`
  const held = `${format(memberships.length)} membership${memberships.length === 1 ? '' : 's'}`
  return `${program} holds ${held}, ${format(staleInterfaceIndexes.length)} of them stale: ${bytes}.`
}

function format(value: number): string {
  return value.toLocaleString('en-US')
}
