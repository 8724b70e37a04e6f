import { chownSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { codeOf } from '@slashzero/contract/report'

/**
 * The key that this host's tokens are derived from: 32 bytes, in hexadecimal in the file `guest-push-key` of the state directory, which
 * is made where it is missing. Whoever copies the file to another host makes the tokens valid there too. Throws where it cannot be had.
 */
export function keepKey(stateDir: string): Buffer {
  const file = join(stateDir, 'guest-push-key')
  const text = read(file) ?? make(stateDir, file)
  if (/^[\da-f]{64}$/.test(text)) return Buffer.from(text, 'hex')
  throw new Error(`${file} holds no key; remove it to have another made, and print all tokens anew`)
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

/** Of two that make one at the same time, the first one's stays. */
function make(stateDir: string, file: string): string {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 })
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  try {
    writeFileSync(draft, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
    // Root prints tokens, and a user of its own serves.
    const { uid, gid } = statSync(stateDir)
    if (process.getuid?.() === 0) chownSync(draft, uid, gid)
    linkSync(draft, file)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  } finally {
    rmSync(draft, { force: true })
  }
  return readFileSync(file, 'utf8').trim()
}
