import { fail } from '@openledger/protocol'

/** Where a database is: what the driver is given, and a name of it without its password. */
export type PostgresAddress = { connectionString: string; name: string }

/**
 * Reads the address of a PostgreSQL database, such as postgres://user:password@host:5432/openledger?sslmode=verify-full. What was given is never repeated in an error: it holds a password.
 * @throws InputError BAD_OPTION
 */
export function postgresAddress(text: string): PostgresAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const database = url?.pathname.slice(1) ?? ''
  if (!url || !['postgres:', 'postgresql:'].includes(url.protocol) || !/^[^/]+$/.test(database)) {
    fail('BAD_OPTION', 'the database is not named by an address of PostgreSQL', { field: 'database', fix: 'name it as postgres://user:password@host:5432/database' })
  }
  const host = url.host || url.searchParams.get('host') || 'localhost'
  return { connectionString: text, name: `${host}/${decodeURIComponent(database)}` }
}
