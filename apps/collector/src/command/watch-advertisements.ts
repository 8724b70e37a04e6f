import { createAdvertisementWatch } from '../advertisements/create-advertisement-watch.ts'
import type { AdvertisementWatch } from '../advertisements/create-advertisement-watch.ts'
import type { Clock } from '../clock.ts'
import type { Settings } from '../config/index.ts'
import { openAdvertisementSockets } from '../io/advertisement-sockets.ts'
import type { Kernel } from '../io/kernel.ts'

/** Listens to advertisements if the settings ask for that. */
export function watchAdvertisements(
  kernel: Kernel,
  clock: Clock,
  settings: Pick<Settings, 'watchAdvertisements'>,
): AdvertisementWatch | undefined {
  if (!settings.watchAdvertisements) return undefined
  return createAdvertisementWatch({ kernel, sockets: openAdvertisementSockets(), clock })
}
