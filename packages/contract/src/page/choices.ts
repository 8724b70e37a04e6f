/** What readers may choose on pages, and the bounds of what they type. Browsers load this file without schemas. */

/** The time ranges of the chart. */
export const HEADROOM_RANGES = ['1h', '6h', '24h', '7d', '30d'] as const
export type HeadroomRange = (typeof HEADROOM_RANGES)[number]

/**
 * `worst`: blocked, missing routes, status, time until full, joins left. `full`: the next to fill first, unknown last.
 */
export const FLEET_SORTS = ['worst', 'name', 'full'] as const

/** `ends` sorts only VMs that go dark. `status` is worst first; on one hypervisor, routes that end next come first. */
export const VM_SORTS = ['since', 'name', 'hypervisor', 'status', 'ends'] as const

/** The maximum length of a searched text, in characters. */
export const MAX_SEARCH_CHARACTERS = 200
/** A VM search needs three characters, because the index of a million VMs holds sequences of three. */
export const MIN_VM_SEARCH_CHARACTERS = 3
/** Letters or digits in an order that the index knows: two together, or one after another character. */
export const INDEXED_VM_SEARCH = /[\p{L}\p{N}]{2}|[^\p{L}\p{N}][\p{L}\p{N}]/u

/** How many characters an identifier in a URL may have. */
export const MAX_ID_CHARACTERS = 64

/** How long an API token works, in days: if its maker does not say, and at most. */
export const API_TOKEN_DAYS = { default: 90, max: 365 } as const

/** The bounds of a password's length, in characters. */
export const PASSWORD_LENGTH = { min: 12, max: 128 } as const
