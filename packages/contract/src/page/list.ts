import { z } from 'zod'

/** The maximum length of a searched text, in characters. */
export const MAX_SEARCH_CHARACTERS = 200
/** A VM search needs three characters, because the index of a million VMs holds sequences of three. */
export const MIN_VM_SEARCH_CHARACTERS = 3

/** Letters or digits in an order that the index knows: two together, or one after another character. */
const INDEXED = /[\p{L}\p{N}]{2}|[^\p{L}\p{N}][\p{L}\p{N}]/u

/** A part of a name, version or label, in any case. */
export const search = z
  .string()
  .trim()
  .max(MAX_SEARCH_CHARACTERS, `is longer than ${MAX_SEARCH_CHARACTERS} characters; search for a part of a name`)

/** A part of a VM's name, uuid, gateway or tap, or of what its hypervisor is searched by, in any case. */
export const vmSearch = search
  .min(MIN_VM_SEARCH_CHARACTERS, `has fewer than ${MIN_VM_SEARCH_CHARACTERS} characters; type more of the name`)
  .regex(INDEXED, 'has too few letters and digits; type more of the name')

/** Where a page begins: `nextCursor` of the page before, for the same filter and sort. */
export const cursor = z.string().max(2000)

/** The rows of a page. */
export const limit = z.int().min(1).max(200).default(100)

/** `nextCursor` is null on the last page. A page beyond the end has no items. */
export const nextCursor = z.string().nullable()
