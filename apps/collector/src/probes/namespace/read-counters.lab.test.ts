import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { stoppedClock } from '../../testing/fake-clock.ts'
import { openKernel } from '../../io/open-kernel.ts'
import type { Kernel } from '../../io/kernel.ts'
import { recordRuns } from '../record-runs.ts'
import { createCounterReader } from './read-counters.ts'
import { createLinkReader } from './read-links.ts'

const NAME = `sz-counters-${process.pid}`
const PLACE = `/run/netns/${NAME}`
const folder = mkdtempSync(join(tmpdir(), 'slashzero-counters-'))
const ip = (...words: string[]) => execFileSync('ip', words)
const inside = (...words: string[]) => execFileSync('ip', ['netns', 'exec', NAME, ...words])

afterAll(() => {
  if (process.getuid?.() !== 0) return
  for (const pid of execFileSync('ip', ['netns', 'pids', NAME], { encoding: 'utf8' }).split('\n').filter(Boolean))
    process.kill(Number(pid))
  ip('netns', 'delete', NAME)
  rmSync(folder, { recursive: true })
})

test.skipIf(process.getuid?.() !== 0)(
  'the mark of this kernel changes with every solicitation and advertisement',
  async () => {
    ip('netns', 'add', NAME)
    inside('sysctl', '-qw', 'net.ipv6.conf.all.forwarding=1')
    ip('-n', NAME, 'link', 'add', 'port', 'type', 'veth', 'peer', 'name', 'guest')
    inside('sysctl', '-qw', 'net.ipv6.conf.guest.forwarding=0')
    writeFileSync(
      join(folder, 'radvd.conf'),
      'interface port { AdvSendAdvert on; MinRtrAdvInterval 900; MaxRtrAdvInterval 1800; MinDelayBetweenRAs 3; };',
    )
    for (const device of ['port', 'guest']) ip('-n', NAME, 'link', 'set', device, 'up')
    await sleep(2500)
    inside('radvd', '-C', join(folder, 'radvd.conf'), '-p', join(folder, 'pid'))

    const kernel = openKernel()
    let reads = 0
    const counting: Kernel = {
      ...kernel,
      readText: (path) => {
        reads += 1
        return kernel.readText(path)
      },
    }
    const begin = createCounterReader(counting)
    const readLinks = createLinkReader(kernel)
    const read = (reader: typeof begin) =>
      kernel.inNamespace(PLACE, kernel.identify(PLACE).inode, () => {
        const runs = recordRuns(stoppedClock(), 1000)
        const { links, markOf } = readLinks()
        const readOne = reader(1, markOf, runs)
        return links.map((link) => [link.name, readOne(link, runs)])
      })
    let spared = 0
    let solicited = 0
    for (let round = 0; round < 14; round += 1) {
      if (round % 5 === 2) {
        inside('rdisc6', '-1', '-q', '-r', '1', '-w', '2000', 'guest')
        solicited += 1
      }
      await sleep(400)
      reads = 0
      const remembered = read(begin)
      if (reads === 0) spared += 1
      expect(remembered).toEqual(read(createCounterReader(kernel)))
    }
    expect(spared).toBeGreaterThan(2)
    const [, port] = read(begin).find(([name]) => name === 'port') ?? []
    expect(port).toMatchObject({ routerSolicitsIn: expect.toSatisfy((count: number) => count >= solicited) })
    expect(port).toMatchObject({ routerAdvertsOut: expect.toSatisfy((count: number) => count >= 1) })
  },
  60_000,
)
