import { fail } from '@openledger/protocol'

/** Refuses a schema. @param path where in it, as a JSON pointer @param reason what is wrong, a phrase */
export function schemaError(path: string, reason: string): never {
  return fail('SCHEMA_UNSUPPORTED', `the JSON schema cannot be followed at ${path === '' ? 'its root' : path}: ${reason}`, { field: 'response_format', fix: 'change this part of the schema; the documentation lists the keywords that are followed' })
}
