/** Keeps what one stage prints while other stages run, so that their lines do not mix. */
export type KeptOutput = {
  write(chunk: Uint8Array): void
  /** Prints all that was kept, and from now on prints each chunk at once. */
  show(): void
}

export function keepOutput(print: (chunk: Uint8Array) => void): KeptOutput {
  let write = (chunk: Uint8Array): void => void kept.push(chunk)
  const kept: Uint8Array[] = []
  return {
    write: (chunk) => write(chunk),
    show() {
      write = print
      for (const chunk of kept.splice(0)) print(chunk)
    },
  }
}
