import { becomeOwner } from '../io/become-owner.ts'
import { keepKey } from '../route-checks/guest-push/keep-key.ts'
import { makeToken, toIdentity } from '../route-checks/guest-push/token.ts'

/**
 * One line with the token with which a VM pushes its routes to this host. `vm` is the uuid, or the name of a VM without
 * uuid. Root becomes the owner of the state directory first. Throws if the state directory cannot keep the key.
 */
export function makePushToken(vm: string, stateDir: string): string {
  becomeOwner(stateDir)
  return `${makeToken(keepKey(stateDir), toIdentity(vm))}\n`
}
