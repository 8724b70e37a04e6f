import { ShapeError } from '../text/shape-error.ts'
import type { Word } from './read-words.ts'

/** Walks along the words of a file. Throws a ShapeError with the line at the first unexpected word. */
export class Reader {
  /** Of the running radvd; null if unknown. */
  readonly version: string | null
  readonly #words: readonly Word[]
  readonly #file: string
  #at = 0

  constructor(words: readonly Word[], file: string, version: string | null) {
    this.#words = words
    this.#file = file
    this.version = version
  }

  get ended(): boolean {
    return this.#at >= this.#words.length
  }

  /** Empty at the end of the file. */
  peek(): string {
    return this.#words[this.#at]?.text ?? ''
  }

  next(): string {
    return this.take('more', (word) => word !== '')
  }

  take(expected: string, accepts: (word: string) => boolean): string {
    const word = this.peek()
    if (word === '' || !accepts(word)) this.#fail(this.#at, expected, word === '' ? 'the end of the file' : word)
    this.#at += 1
    return word
  }

  end(): void {
    this.take(';', (word) => word === ';')
  }

  /** Calls `readOne` until the block ends. */
  block(readOne: () => void): void {
    this.take('{', (word) => word === '{')
    while (this.peek() !== '}') readOne()
    this.next()
  }

  /** Skips the values, and the block if there is one, of an unknown option. */
  skip(): void {
    for (let depth = 0; ;) {
      const word = this.take(';', (next) => next !== '}' || depth > 0)
      if (word === ';' && depth === 0) return
      if (word === '{') depth += 1
      if (word === '}') depth -= 1
    }
  }

  /** Refuses the value of the word before the current one. */
  refuse(expected: string, found: string): never {
    return this.#fail(this.#at - 1, expected, found)
  }

  #fail(at: number, expected: string, found: string): never {
    throw new ShapeError(this.#file, (this.#words[at] ?? this.#words.at(-1))?.line ?? 1, expected, found)
  }
}
