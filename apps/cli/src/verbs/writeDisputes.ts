import type { AuditReport } from '@openledger/audit'
import { writeArtefact } from '@openledger/protocol'

/**
 * The bytes of a file of accusations: each with the statements that it is held against, its openings, and what they prove. Whoever has it needs
 * nothing else to judge it.
 */
export function writeDisputes({ subject, disputes = [] }: AuditReport): Uint8Array {
  return writeArtefact({ kind: 'openledger/disputes/1', receipt: subject, disputes })
}
