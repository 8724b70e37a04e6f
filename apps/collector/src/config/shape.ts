/** A value that does not fit: its place below the setting, and what the value, or the name of the entry, should be. */
export type Misfit = {
  readonly path: readonly (string | number)[]
  readonly of: 'value' | 'name'
  readonly expected: string
}

/**
 * The form of a value in the configuration file. Not a schema of zod, because zod takes more than 1 MiB and the memory
 * of a hypervisor belongs to its VMs.
 */
export type Shape<Value> = {
  /** Empty if the value fits. */
  readonly judge: (value: unknown) => readonly Misfit[]
  readonly fits: (value: unknown) => value is Value
}

export type ValueOf<Some> = Some extends Shape<infer Value> ? Value : never

/** Text that is not empty. */
export function text(expected: string, fits: (value: string) => boolean = () => true): Shape<string> {
  return single((value) => typeof value === 'string' && value !== '' && fits(value), expected)
}

export function number(expected: string, min: number, max: number): Shape<number> {
  return single((value) => typeof value === 'number' && value >= min && value <= max, expected)
}

export function integer(expected: string, min: number, max: number): Shape<number> {
  return single((value) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max, expected)
}

export function boolean(expected: string): Shape<boolean> {
  return single((value) => typeof value === 'boolean', expected)
}

/** At most `max` items. */
export function list<Item>(item: Shape<Item>, expected: string, max: number): Shape<Item[]> {
  return shape((value) => {
    if (!Array.isArray(value)) return [misfit(expected)]
    const items = value.flatMap((one, index) => item.judge(one).map((each) => below(each, index)))
    return items.length === 0 && value.length > max ? [misfit(expected)] : items
  })
}

/** A table of the file whose entries have any name. */
export function table<Value>(
  name: Shape<string>,
  value: Shape<Value>,
  expected: string,
  { max = Infinity, tooMany = expected } = {},
): Shape<Record<string, Value>> {
  return shape((given) => {
    if (typeof given !== 'object' || given === null || Array.isArray(given) || given instanceof Date)
      return [misfit(expected)]
    const entries = Object.entries(given)
    const misfits = entries.flatMap(([key, one]): Misfit[] => {
      const wrong = name.judge(key)
      if (wrong.length > 0)
        return wrong.map(({ expected: fitting }) => ({ path: [key], of: 'name', expected: fitting }))
      return value.judge(one).map((each) => below(each, key))
    })
    return misfits.length === 0 && entries.length > max ? [misfit(tooMany)] : misfits
  })
}

function single<Value>(fits: (value: unknown) => boolean, expected: string): Shape<Value> {
  return shape((value) => (fits(value) ? [] : [misfit(expected)]))
}

function shape<Value>(judge: Shape<Value>['judge']): Shape<Value> {
  return { judge, fits: (value): value is Value => judge(value).length === 0 }
}

function misfit(expected: string): Misfit {
  return { path: [], of: 'value', expected }
}

function below({ path, of, expected }: Misfit, key: string | number): Misfit {
  return { path: [key, ...path], of, expected }
}
