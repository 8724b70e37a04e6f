import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { keepEmbeddedPostgres, startEmbeddedPostgres } from './index.ts'
import { unprivilegedOwner } from './owner.ts'

const asRoot = process.getuid?.() === 0

let place: string
let folder: string
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'sz-'))
  chmodSync(place, 0o755)
  folder = join(place, 'pg')
})
afterEach(() => rmSync(place, { recursive: true, force: true }))

describe.skipIf(!asRoot)('as root, beside a hostile user of PostgreSQL', () => {
  /** The folder as earlier versions left it: PostgreSQL's user owned it and could put anything into it. */
  async function giveFolder(): Promise<{ uid: number; gid: number }> {
    const owner = (await unprivilegedOwner(join(folder, 'data'))) ?? { uid: 65534, gid: 65534 }
    mkdirSync(folder, { mode: 0o700 })
    chownSync(folder, owner.uid, owner.gid)
    return owner
  }

  test.each(['run', 'data'])('a link named %s gives away no folder of root', async (name) => {
    const owner = await giveFolder()
    const victim = join(place, 'victim')
    mkdirSync(victim, { mode: 0o700 })
    symlinkSync(victim, join(folder, name))
    expect(lstatSync(join(folder, name)).isSymbolicLink()).toBe(true)
    await expect(startEmbeddedPostgres(folder)).rejects.toThrow(
      `${name} is not a folder but a link or a file; remove it`,
    )
    expect(lstatSync(victim).uid).toBe(0)
    expect(owner.uid).not.toBe(0)
  })

  test('a link named password is neither read nor followed', async () => {
    await giveFolder()
    const secret = join(place, 'secret')
    writeFileSync(secret, 'of root', { mode: 0o600 })
    symlinkSync(secret, join(folder, 'password'))
    await expect(startEmbeddedPostgres(folder)).rejects.toThrow('password is not a file of user 0; remove it')
    rmSync(secret)
    await expect(startEmbeddedPostgres(folder)).rejects.toThrow('password')
    expect(() => lstatSync(secret)).toThrow('ENOENT')
  })

  test('a link named initdb-password makes root overwrite nothing', async () => {
    await giveFolder()
    const victim = join(place, 'victim')
    writeFileSync(victim, 'of root', { mode: 0o600 })
    symlinkSync(victim, join(folder, 'initdb-password'))
    const server = await startEmbeddedPostgres(folder, ['fsync=off'])
    await server.stop()
    expect([readFileSync(victim, 'utf8'), lstatSync(victim).uid]).toEqual(['of root', 0])
  })

  test('a folder of an earlier version keeps its data and becomes root’s', async () => {
    const first = await startEmbeddedPostgres(folder, ['fsync=off'])
    await ask(first.url, 'CREATE TABLE kept (one int)')
    await first.stop()
    const owner = lstatSync(join(folder, 'data'))
    execFileSync('sh', ['-c', 'chown "$1:$2" "$0" "$0"/postgresql-*', folder, String(owner.uid), String(owner.gid)])
    const second = await startEmbeddedPostgres(folder, ['fsync=off'])
    expect(await ask(second.url, 'SELECT count(*)::int AS rows FROM kept')).toEqual([{ rows: 0 }])
    await second.stop()
    const owned = execFileSync('find', [folder, '-maxdepth', '1', '-user', String(owner.uid), '-printf', '%f\n'])
    expect(owned.toString().trim().split('\n').toSorted()).toEqual(['data', 'run'])
    const writable = spawnSync('setpriv', ['--reuid', String(owner.uid), '--clear-groups', 'test', '-w', folder])
    expect(writable.status).not.toBe(0)
  })

  test('a folder keeps its user, although another user is there now', async () => {
    const first = await startEmbeddedPostgres(folder, ['fsync=off'])
    await first.stop()
    execFileSync('chown', ['-R', '65534:65534', join(folder, 'data'), join(folder, 'run')])
    const second = await startEmbeddedPostgres(folder, ['fsync=off'])
    expect(await ask(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    await second.stop()
  })

  test('a pipe named postmaster.pid does not hold the start up', async () => {
    const first = await startEmbeddedPostgres(folder, ['fsync=off'])
    await first.stop()
    const owner = lstatSync(join(folder, 'data'))
    execFileSync('setpriv', [
      '--reuid',
      String(owner.uid),
      '--clear-groups',
      'mkfifo',
      join(folder, 'data/postmaster.pid'),
    ])
    await expect(startEmbeddedPostgres(folder)).rejects.toThrow(`postmaster.pid is not a file of user ${owner.uid}`)
  })

  test('root does not work in the folder of another user', async () => {
    chownSync(place, 65534, 65534)
    await expect(startEmbeddedPostgres(folder)).rejects.toThrow(
      `${place} belongs to user 65534, so root does not work in ${place}. Run the command as the user`,
    )
    chownSync(place, 0, 0)
    chmodSync(place, 0o777)
    await expect(startEmbeddedPostgres(folder)).rejects.toThrow(`Users other than root can change ${place}`)
  })
})

test('PostgreSQL ends with the process that started it, even after kill -9', async () => {
  const script = `import { startEmbeddedPostgres } from ${JSON.stringify(new URL('index.ts', import.meta.url).href)}
    await startEmbeddedPostgres(${JSON.stringify(folder)}, ['fsync=off']); console.log('ready'); setInterval(() => {}, 1000)`
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(parent.stdout, 'data')
  const pid = readFileSync(join(folder, 'data/postmaster.pid'), 'utf8').split('\n')[0] ?? ''
  expect(isAlive(pid)).toBe(true)
  parent.kill('SIGKILL')
  await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false)
  const again = await startEmbeddedPostgres(folder, ['fsync=off'])
  await again.stop()
})

test('a PostgreSQL that was killed is started again on the same address', async () => {
  const said: string[] = []
  const kept = await keepEmbeddedPostgres(folder, ['fsync=off'], (sentence) => said.push(sentence))
  onTestFinished(() => kept.stop())
  process.kill(Number(readFileSync(join(folder, 'data/postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL')
  await expect.poll(() => said.at(-1), { timeout: 20_000 }).toBe('PostgreSQL runs again.')
  expect(said[0]).toMatch(/^PostgreSQL ended: .* Slashzero starts PostgreSQL again\.$/)
  expect(await ask(kept.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
})

test.skipIf(!asRoot)(
  'PostgreSQL comes back by itself after its disk was full, and names the disk',
  async () => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=400m,mode=755', 'none', place])
    const said: string[] = []
    const kept = await keepEmbeddedPostgres(folder, ['max_wal_size=32MB'], (one) => said.push(one))
    try {
      spawnSync('dd', ['if=/dev/zero', `of=${place}/full`, 'bs=1M'])
      // The log of transactions cannot grow, which is worse than a table that cannot grow.
      const write = `SELECT count(pg_logical_emit_message(false, 'x', repeat('x', 1000000))) FROM generate_series(1, 64)`
      for (let round = 0; round < 100 && said.length === 0; round += 1)
        await ask(kept.url, write).catch(() => sleep(20))
      expect(said).toContain(
        `The disk of ${folder} is full: free some space there. Reports are refused until there is room.`,
      )
      rmSync(`${place}/full`)
      await expect.poll(() => ask(kept.url, write).then(Boolean, () => false), { timeout: 40_000 }).toBe(true)
    } finally {
      await kept.stop()
      execFileSync('umount', ['-l', place])
    }
  },
  90_000,
)

async function ask(url: string, statement: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const result = await client.query(statement)
    return result.rows ?? []
  } finally {
    await client.end().catch(() => undefined)
  }
}

function isAlive(pid: string): boolean {
  try {
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
