import { keepKey } from '../route-checks/guest-push/keep-key.ts'
import { makeToken, toIdentity } from '../route-checks/guest-push/token.ts'

/** The token with which this VM, by uuid, or by name where it has none, pushes its routes to this host, on a line. Throws where the state directory has no use of it. */
export function makePushToken(vm: string, stateDir: string): string {
  return `${makeToken(keepKey(stateDir), toIdentity(vm))}\n`
}
