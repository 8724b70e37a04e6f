/** The virtio-serial port for orders to run programs inside a guest; a line of JSON in each direction. */
export const ORDER_PORT = 'slashzero.lab'

export type Order = {
  readonly id: number
  readonly command: string
  readonly args: readonly string[]
  readonly input?: string
}

/** Output of an order's program, or its end. The end of order 0, which nobody sends, means: the guest takes orders. */
export type Answer =
  | { readonly id: number; readonly stream: 'stdout' | 'stderr'; readonly text: string }
  | { readonly id: number; readonly status: number }
