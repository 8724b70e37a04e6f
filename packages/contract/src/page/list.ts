import { z } from 'zod'
import { INDEXED_VM_SEARCH, MAX_SEARCH_CHARACTERS, MIN_VM_SEARCH_CHARACTERS } from './choices.ts'

/** A part of a name, version or label, in any case. */
export const search = z
  .string()
  .trim()
  .max(MAX_SEARCH_CHARACTERS, `is longer than ${MAX_SEARCH_CHARACTERS} characters; search for a part of a name`)

/** A part of a VM's name, uuid, gateway or tap, or of what its hypervisor is searched by, in any case. */
export const vmSearch = search
  .min(MIN_VM_SEARCH_CHARACTERS, `has fewer than ${MIN_VM_SEARCH_CHARACTERS} characters; type more of the name`)
  .regex(INDEXED_VM_SEARCH, 'has too few letters and digits; type more of the name')

/** Where a page begins: `nextCursor` of the page before, for the same filter and sort. */
export const cursor = z.string().max(2000)

/** The rows of a page. */
export const limit = z.int().min(1).max(200).default(100)

/** `nextCursor` is null on the last page. A page beyond the end has no items. */
export const nextCursor = z.string().nullable()
