import { createHmac, timingSafeEqual } from 'node:crypto'

/** Which VM a token speaks for: the one with this uuid, or the only one of this name, where that has none. */
export type Identity = { readonly uuid: string } | { readonly name: string }

const MAC_CHARACTERS = 43 // 32 bytes in base64url

/** Takes what a person typed for a VM. */
export function toIdentity(text: string): Identity {
  return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text) ? { uuid: text.toLowerCase() } : { name: text }
}

/** A token that holds for this VM on hosts with this key: HMAC-SHA-256 over what it says, so that nothing is stored for a VM. */
export function makeToken(key: Buffer, identity: Identity): string {
  const said = 'uuid' in identity ? `uuid:${identity.uuid}` : `name:${identity.name}`
  return `sz_guest_${sign(key, said).toString('base64url')}${Buffer.from(said).toString('base64url')}`
}

/** For whom this token speaks; null where it was not made with this key. */
export function readToken(key: Buffer, token: string): Identity | null {
  const [, mac = '', encoded = ''] =
    new RegExp(`^sz_guest_([\\w-]{${MAC_CHARACTERS}})([\\w-]{1,700})$`).exec(token) ?? []
  const said = Buffer.from(encoded, 'base64url').toString()
  const given = Buffer.from(mac, 'base64url')
  const right = sign(key, said)
  if (given.length !== right.length || !timingSafeEqual(given, right)) return null
  return said.startsWith('uuid:') ? { uuid: said.slice(5) } : { name: said.slice(5) }
}

/** The text before the key's own use, so that a key that serves something else too gives away nothing. */
function sign(key: Buffer, said: string): Buffer {
  return createHmac('sha256', key).update('slashzero guest push\n').update(said).digest()
}
