/** A value that goes into a query. Amounts travel as decimal strings, JSON as text. */
export type SqlValue = string | number | boolean | null

/** Runs one statement with `$1, $2 …` parameters and returns its rows. */
export type Query = <Row>(sql: string, params?: readonly SqlValue[]) => Promise<Row[]>

/**
 * The tables that pages and settlement read. PGlite in the data folder; PostgreSQL answers the same SQL. Where a server went away, a statement outside a
 * transaction may be carried out twice: it says what is to be, not what is to be added.
 */
export type Database = {
  query: Query
  /**
   * Runs `work` in one transaction: all of it or nothing. Transactions wait for each other; `work` may be called again when the first try came to nothing.
   * @param first a statement without parameters that goes before `work`, in the message that begins the transaction
   * @throws StorageError DATABASE_UNSURE when the server went away while it committed
   */
  transaction<T>(work: (query: Query) => Promise<T>, first?: string): Promise<T>
  /** Drops every table and makes them anew. */
  reset(): Promise<void>
  close(): Promise<void>
}
