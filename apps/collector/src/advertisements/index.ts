export { createAdvertisementWatch } from './create-advertisement-watch.ts'
export type { AdvertisementWatch } from './create-advertisement-watch.ts'
