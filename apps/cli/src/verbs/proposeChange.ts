import { fail, parseOpen, type Hex } from '@openledger/protocol'
import { auditTermsCall, guardianCall, parametersCall, propose, readAuditTerms, readParameters, type AuditTerms, type LedgerParameters, type ProposedCall } from '@openledger/sdk'
import { isAddress, type Address } from 'viem'
import type { Session } from '../context/Session.ts'

type Kind = 'seconds' | 'number' | 'open' | 'address'

/** What each parameter is: seconds, an amount of OPEN, an address. */
const kinds: Record<keyof LedgerParameters, Kind> = {
  disputeWindow: 'seconds',
  channelThaw: 'seconds',
  stakeThaw: 'seconds',
  minimumStake: 'open',
  deploymentFee: 'open',
  platformFee: 'open',
  challengeDeposit: 'open',
  treasury: 'address',
}

/** What each term of audits is: parts per million, how many, an amount of OPEN. */
const auditKinds: Record<keyof AuditTerms, Kind> = { ratePpm: 'number', size: 'number', fee: 'open' }

function readNamed(texts: readonly string[], kinds: Record<string, Kind>, field: string): Record<string, number | bigint | string> {
  const changes: Record<string, number | bigint | string> = {}
  for (const text of texts) {
    const [name, value = ''] = text.split(/=(.*)/s)
    const bad = (): never => fail('BAD_PARAMETER', `"${text}" is no change of a parameter`, { field, fix: `write it as name=value; the names are ${Object.keys(kinds).join(', ')}` })
    const kind = Object.hasOwn(kinds, name!) ? kinds[name!] : bad()
    if (kind === 'seconds' || kind === 'number') changes[name!] = /^\d{1,9}$/.test(value) ? Number(value) : bad()
    if (kind === 'open') changes[name!] = /^\d{1,30}(\.\d{1,18})?$/.test(value) ? parseOpen(value) : bad()
    if (kind === 'address') changes[name!] = isAddress(value) ? value : bad()
  }
  return changes
}

/** Reads "disputeWindow=3600" and the like. @throws InputError BAD_PARAMETER */
export function readChanges(texts: readonly string[]): Partial<LedgerParameters> {
  return readNamed(texts, kinds, '--set')
}

/** Reads "ratePpm=2000" and the like. @throws InputError BAD_PARAMETER */
export function readAuditChanges(texts: readonly string[]): Partial<AuditTerms> {
  return readNamed(texts, auditKinds, '--audits')
}

export type ProposalInput = {
  /** The key that proposes; it needs the votes. */
  proposer: string
  description: string
  /** What changes; what is not named stays as it is now. */
  changes?: Partial<LedgerParameters>
  /** How answers are sampled and judged from then on; what is not named stays. */
  audits?: Partial<AuditTerms>
  /** Who may pause from then on. */
  guardian?: Address
  /** Any other call that the timelock is to make. */
  call?: { target: Address; data: Hex }
}

/**
 * Proposes changes of the ledger's parameters, of the terms of audits, of its guardian, or any call of the timelock.
 * @returns the proposal's id
 * @throws InputError NOTHING_PROPOSED, GOVERNOR_INSUFFICIENT_PROPOSER_VOTES; errors of the chain
 */
export async function proposeChange(session: Session, { proposer, description, changes = {}, audits = {}, guardian, call }: ProposalInput): Promise<bigint> {
  const { parameters, samplingBeacon } = session.reader.addresses
  const calls: ProposedCall[] = []
  if (Object.keys(changes).length > 0) calls.push(parametersCall(parameters, { ...(await readParameters(session.reader)), ...changes }))
  if (Object.keys(audits).length > 0) calls.push(auditTermsCall(samplingBeacon, { ...(await readAuditTerms(session.reader)), ...audits }))
  if (guardian !== undefined) calls.push(guardianCall(parameters, guardian))
  if (call !== undefined) calls.push(call)
  if (calls.length === 0) fail('NOTHING_PROPOSED', 'it is not said what is to change', { field: '--set', fix: 'use --set name=value, --audits name=value, --guardian, or --target with --data' })
  const { writer } = await session.actor(proposer)
  return propose(writer, calls, description)
}
