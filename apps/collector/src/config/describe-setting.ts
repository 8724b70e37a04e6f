import type { Setting } from './table.ts'

/** The default in the words of help and documents, and what holds if there is none. */
export function describeDefault({ otherwise, default: value }: Pick<Setting, 'otherwise' | 'default'>): string {
  if (otherwise !== undefined) return otherwise
  return value === false ? 'off' : String(value)
}

/** The variable as a person sets it; null if there is none. */
export function describeVariable({ variable, form }: Pick<Setting, 'variable' | 'form'>): string | null {
  return variable !== null && form === 'switch' ? `${variable}=true` : variable
}
