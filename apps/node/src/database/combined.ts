import type { Statement } from './Database.ts'

/**
 * Several statements as one, which carries out all of them or none. Each sees the tables as they were before.
 * @param statements without a semicolon, and without a dollar sign that names no parameter
 * @param guard a query that goes with them: what it throws undoes them
 */
export function combined(statements: readonly Statement[], guard?: Statement): Statement {
  const params: Statement['params'][number][] = []
  const parts = [...(guard ? [guard] : []), ...statements].map(({ sql, params: own }, index) => {
    const before = params.length
    params.push(...own)
    return `part${index} as (${sql.replace(/\$(\d+)/g, (_, n) => `$${before + Number(n)}`)})`
  })
  // A query beside the statements is carried out only where something reads it.
  return { sql: `with ${parts.join(', ')} select${guard ? ' * from part0' : ''}`, params }
}
