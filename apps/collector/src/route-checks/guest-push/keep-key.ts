import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { codeOf } from '@slashzero/contract/report'

/**
 * The key of this host's tokens: 32 bytes in the file `guest-push-key` (hexadecimal), created if missing; a copy makes
 * the tokens valid on another host. Throws if the file is damaged or cannot be read or created.
 */
export function keepKey(stateDir: string): Buffer {
  const file = join(stateDir, 'guest-push-key')
  const text = read(file) ?? make(stateDir, file)
  if (/^[\da-f]{64}$/.test(text)) return Buffer.from(text, 'hex')
  throw new Error(
    `${file} holds no key; remove the file, and print all tokens again with the key that the collector then makes`,
  )
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

/** If two processes make a key at the same time, the first key stays. */
function make(stateDir: string, file: string): string {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 })
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  try {
    writeFileSync(draft, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
    linkSync(draft, file)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  } finally {
    rmSync(draft, { force: true })
  }
  return readFileSync(file, 'utf8').trim()
}
