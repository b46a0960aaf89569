/** A value that goes into a query. Amounts travel as decimal strings, JSON as text. */
export type SqlValue = string | number | boolean | null

/** Runs one statement with `$1, $2 …` parameters and returns its rows. */
export type Query = <Row>(sql: string, params?: readonly SqlValue[]) => Promise<Row[]>

/** One statement and the values of its `$1, $2 …`. */
export type Statement = { sql: string; params: readonly SqlValue[] }

/**
 * The tables that pages and settlement read. PGlite in the data folder; PostgreSQL answers the same SQL. Where a server went away, a statement outside a
 * transaction may be carried out twice: it says what is to be, not what is to be added.
 */
export type Database = {
  query: Query
  /**
   * Runs `work` in one transaction: all of it or nothing. Transactions wait for each other; `work` may be called again when the first try came to nothing.
   * @throws StorageError DATABASE_UNSURE when the server went away while it committed
   */
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T>
  /**
   * Carries out statements that need nothing of each other, all of them or none: in one message to a server, where a transaction takes one for each and two more.
   * @throws StorageError DATABASE_UNSURE when the server went away meanwhile
   */
  write(statements: readonly Statement[]): Promise<void>
  /** Drops every table and makes them anew. */
  reset(): Promise<void>
  close(): Promise<void>
}
