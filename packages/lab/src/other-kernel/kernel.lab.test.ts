import { describe, expect, test } from 'vitest'
import { prepareKernel } from '../qemu/prepare-kernel.ts'
import { unable } from '../qemu/unable.ts'
import { withLinux } from '../qemu/with-linux.ts'
import { prove, tabulate } from './prove.ts'

describe.skipIf(unable)("Debian 12's own kernel, in QEMU", () => {
  test('reads a full socket by sock_diag and by pidfd as the lab does, and the limit', async () => {
    // A tenth of the default, which `slashzero lab kernel` fills.
    const limitBytes = 2048
    const proof = await withLinux(await prepareKernel(), 'kernel-test', (machine) =>
      prove(machine, limitBytes, console.log),
    )
    expect(proof.release).toMatch(/^6\.1\.\d+-\d+-cloud-amd64$/)
    const same = { optmemBytes: 36 * 56, limitBytes, memberships: 36, stale: 36 }
    expect(tabulate(proof)).toMatchObject([
      { method: 'pidfd', ...same },
      { method: 'sock_diag', limitSource: 'init', ...same },
      { method: 'sock_diag', limitSource: 'init', ...same },
      { method: 'pidfd', limitSource: 'init', ...same },
    ])
    const first = proof.outside.namespaces.find(({ optmemMaxSource }) => optmemMaxSource === 'namespace')
    expect(first).toMatchObject({ optmemMaxBytes: limitBytes, taps: [{ name: 'tap9' }] })
    expect(first?.senders).toMatchObject([
      { daemon: 'radvd', sockets: [{ method: 'sock_diag', optmemBytes: 56, staleInterfaceIndexes: [] }] },
    ])
  }, 600_000)
})
