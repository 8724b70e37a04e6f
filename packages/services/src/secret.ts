import { createHash, randomBytes } from 'node:crypto'

/** A new random public id, prefixed by the kind of thing that it names. */
export function newId(prefix: 'hv' | 'enrol' | 'cred' | 'token' | 'vmtoken' | 'link' | 'user' | 'account'): string {
  return `${prefix}_${randomBytes(16).toString('base64url')}`
}

/**
 * A new secret of 256 random bits, prefixed so that a leaked secret is recognised. The secret is shown once and kept as
 * a hash.
 */
export function newSecret(kind: 'enrol' | 'host' | 'read' | 'setup' | 'vm'): string {
  return `sz_${kind}_${randomBytes(32).toString('base64url')}`
}

/** The stored hash of a secret. A fast hash is enough: 256 random bits cannot be guessed. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
