import { instant, nullable, text } from './column.ts'
import { defineTable } from './table.ts'

/** A token with which a VM pushes its own routes. Times in milliseconds. */
type VmToken = {
  readonly id: string
  readonly tokenHash: string
  readonly vmKey: string
  readonly hypervisorId: string | null
  /** Where the last push counted; before the first push, where the token was made. */
  readonly lastHypervisorId: string | null
  readonly createdAt: number
  readonly lastUsedAt: number | null
  readonly revokedAt: number | null
}

export const vmToken = defineTable<VmToken>({
  name: 'vm_token',
  key: ['id'],
  columns: {
    id: text,
    tokenHash: text,
    vmKey: text,
    hypervisorId: nullable(text),
    lastHypervisorId: nullable(text),
    createdAt: instant,
    lastUsedAt: nullable(instant),
    revokedAt: nullable(instant),
  },
})
