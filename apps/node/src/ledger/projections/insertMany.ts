import type { Query, SqlValue } from '../../database/Database.ts'

/** The `values` of rows of so many columns, `$1` the first. */
export function placesOf(rows: number, columns: number): string {
  return Array.from({ length: rows }, (_, r) => `(${Array.from({ length: columns }, (__, c) => `$${r * columns + c + 1}`).join(',')})`).join(',')
}

/** Inserts rows in few statements; all rows have the same columns. Rows that are there already are left as they are. */
export async function insertMany(query: Query, table: string, columns: readonly string[], rows: readonly (readonly SqlValue[])[]): Promise<void> {
  const batch = Math.floor(10_000 / columns.length)
  for (let from = 0; from < rows.length; from += batch) {
    const part = rows.slice(from, from + batch)
    await query(`insert into ${table} (${columns.join(',')}) values ${placesOf(part.length, columns.length)} on conflict do nothing`, part.flat())
  }
}
