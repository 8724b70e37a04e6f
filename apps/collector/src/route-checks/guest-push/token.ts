import { createHmac, timingSafeEqual } from 'node:crypto'

/** The VM that a token speaks for: the VM with this uuid, or the only VM of this name if that VM has no uuid. */
export type Identity = { readonly uuid: string } | { readonly name: string }

const MAC_CHARACTERS = 43 // 32 bytes in base64url

/** Reads a uuid or a name as a person types it. */
export function toIdentity(text: string): Identity {
  return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text) ? { uuid: text.toLowerCase() } : { name: text }
}

/** A token for this VM on hosts with this key: HMAC-SHA-256 of the identity, so that nothing is stored for a VM. */
export function makeToken(key: Buffer, identity: Identity): string {
  const said = 'uuid' in identity ? `uuid:${identity.uuid}` : `name:${identity.name}`
  return `sz_guest_${sign(key, said).toString('base64url')}${Buffer.from(said).toString('base64url')}`
}

/** The identity that this token speaks for; null if the token was not made with this key. */
export function readToken(key: Buffer, token: string): Identity | null {
  const [, mac = '', encoded = ''] =
    new RegExp(`^sz_guest_([\\w-]{${MAC_CHARACTERS}})([\\w-]{1,700})$`).exec(token) ?? []
  const said = Buffer.from(encoded, 'base64url').toString()
  const given = Buffer.from(mac, 'base64url')
  const right = sign(key, said)
  if (given.length !== right.length || !timingSafeEqual(given, right)) return null
  return said.startsWith('uuid:') ? { uuid: said.slice(5) } : { name: said.slice(5) }
}

/** The first line ties the MAC to this purpose, so that another use of the key reveals no token. */
function sign(key: Buffer, said: string): Buffer {
  return createHmac('sha256', key).update('slashzero guest push\n').update(said).digest()
}
