import type { Query, SqlValue } from '../../database/Database.ts'

/** Inserts rows in few statements; all rows have the same columns. Rows that are there already are left as they are. */
export async function insertMany(query: Query, table: string, columns: readonly string[], rows: readonly (readonly SqlValue[])[]): Promise<void> {
  const batch = Math.floor(10_000 / columns.length)
  for (let from = 0; from < rows.length; from += batch) {
    const part = rows.slice(from, from + batch)
    const values = part.map((_, r) => `(${columns.map((__, c) => `$${r * columns.length + c + 1}`).join(',')})`).join(',')
    await query(`insert into ${table} (${columns.join(',')}) values ${values} on conflict do nothing`, part.flat())
  }
}
