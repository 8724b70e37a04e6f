export type MigrateErrorReason = 'unreachable' | 'too-old' | 'no-extension' | 'newer-schema' | 'foreign' | 'failed'

/** Why the database cannot be used. The message is for the operator and holds no password. */
export class MigrateError extends Error {
  override readonly name = 'MigrateError'
  readonly reason: MigrateErrorReason

  constructor(reason: MigrateErrorReason, message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
  }
}
