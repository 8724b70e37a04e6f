/** Rows in an order that they had before, by id; those that were not there then follow in their own order. */
export function keepOrder<Row extends { readonly id: string }>(
  rows: readonly Row[],
  order: readonly string[],
): readonly Row[] {
  const places = new Map(order.map((id, index) => [id, index]))
  const placeOf = ({ id }: Row) => places.get(id) ?? order.length
  return rows.toSorted((one, other) => placeOf(one) - placeOf(other))
}
