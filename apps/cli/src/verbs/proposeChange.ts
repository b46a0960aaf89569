import { fail, parseOpen, type Hex } from '@openledger/protocol'
import { guardianCall, parametersCall, propose, readParameters, type LedgerParameters, type ProposedCall } from '@openledger/sdk'
import { isAddress, type Address } from 'viem'
import type { Session } from '../context/Session.ts'

/** What each parameter is: seconds, an amount of OPEN, an address. */
const kinds: Record<keyof LedgerParameters, 'seconds' | 'open' | 'address'> = {
  disputeWindow: 'seconds',
  channelThaw: 'seconds',
  stakeThaw: 'seconds',
  minimumStake: 'open',
  deploymentFee: 'open',
  platformFee: 'open',
  challengeDeposit: 'open',
  treasury: 'address',
}

/** Reads "disputeWindow=3600" and the like. @throws InputError BAD_PARAMETER */
export function readChanges(texts: readonly string[]): Partial<LedgerParameters> {
  const changes: Record<string, number | bigint | string> = {}
  for (const text of texts) {
    const [name, value = ''] = text.split(/=(.*)/s)
    const bad = (): never => fail('BAD_PARAMETER', `"${text}" is no change of a parameter`, { field: '--set', fix: `write it as name=value; the names are ${Object.keys(kinds).join(', ')}` })
    const kind = Object.hasOwn(kinds, name!) ? kinds[name as keyof LedgerParameters] : bad()
    if (kind === 'seconds') changes[name!] = /^\d{1,9}$/.test(value) ? Number(value) : bad()
    if (kind === 'open') changes[name!] = /^\d{1,30}(\.\d{1,18})?$/.test(value) ? parseOpen(value) : bad()
    if (kind === 'address') changes[name!] = isAddress(value) ? value : bad()
  }
  return changes as Partial<LedgerParameters>
}

export type ProposalInput = {
  /** The key that proposes; it needs the votes. */
  proposer: string
  description: string
  /** What changes; what is not named stays as it is now. */
  changes?: Partial<LedgerParameters>
  /** Who may pause from then on. */
  guardian?: Address
  /** Any other call that the timelock is to make. */
  call?: { target: Address; data: Hex }
}

/**
 * Proposes changes of the ledger's parameters, of its guardian, or any call of the timelock.
 * @returns the proposal's id
 * @throws InputError NOTHING_PROPOSED, GOVERNOR_INSUFFICIENT_PROPOSER_VOTES; errors of the chain
 */
export async function proposeChange(session: Session, { proposer, description, changes = {}, guardian, call }: ProposalInput): Promise<bigint> {
  const { parameters } = session.reader.addresses
  const calls: ProposedCall[] = []
  if (Object.keys(changes).length > 0) calls.push(parametersCall(parameters, { ...(await readParameters(session.reader)), ...changes }))
  if (guardian !== undefined) calls.push(guardianCall(parameters, guardian))
  if (call !== undefined) calls.push(call)
  if (calls.length === 0) fail('NOTHING_PROPOSED', 'it is not said what is to change', { field: '--set', fix: 'use --set name=value, --guardian, or --target with --data' })
  const { writer } = await session.actor(proposer)
  return propose(writer, calls, description)
}
