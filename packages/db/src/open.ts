import type { Pool } from 'pg'

export type Database = { readonly pool: Pool; close(): Promise<void> }
