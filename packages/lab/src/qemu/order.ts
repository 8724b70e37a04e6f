/** The virtio-serial port through which the lab has programs run inside a guest; a line of JSON each way. */
export const ORDER_PORT = 'slashzero.lab'

export type Order = {
  readonly id: number
  readonly command: string
  readonly args: readonly string[]
  readonly input?: string
}

/** What the order's program wrote, or that it ended. Order 0 is nobody's: its end says that the guest takes orders. */
export type Answer =
  | { readonly id: number; readonly stream: 'stdout' | 'stderr'; readonly text: string }
  | { readonly id: number; readonly status: number }
