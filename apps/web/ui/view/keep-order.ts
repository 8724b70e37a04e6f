/** Rows in the given order of ids; rows that are not in it follow in their own order. */
export function keepOrder<Row extends { readonly id: string }>(
  rows: readonly Row[],
  order: readonly string[],
): readonly Row[] {
  const places = new Map(order.map((id, index) => [id, index]))
  const placeOf = ({ id }: Row) => places.get(id) ?? order.length
  return rows.toSorted((one, other) => placeOf(one) - placeOf(other))
}
