import type { Query, SqlValue } from '../../database/Database.ts'

/** Where the values of rows stand in a statement, `$1` the first; all rows are equally long. */
export function placesOf(rows: readonly (readonly SqlValue[])[]): string {
  return rows.map((row, r) => `(${row.map((_, c) => `$${r * row.length + c + 1}`).join(',')})`).join(',')
}

/** Inserts rows in few statements; all rows have the same columns. Rows that are there already are left as they are. */
export async function insertMany(query: Query, table: string, columns: readonly string[], rows: readonly (readonly SqlValue[])[]): Promise<void> {
  const batch = Math.floor(10_000 / columns.length)
  for (let from = 0; from < rows.length; from += batch) {
    const part = rows.slice(from, from + batch)
    await query(`insert into ${table} (${columns.join(',')}) values ${placesOf(part)} on conflict do nothing`, part.flat())
  }
}
