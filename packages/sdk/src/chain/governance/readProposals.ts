import type { Address } from 'viem'
import { ledgerGovernorAbi } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import { readLedger } from '../connection/readLedger.ts'
import type { ProposedCall } from './propose.ts'
import { readGovernance } from './readGovernance.ts'

export type ProposalState = 'pending' | 'active' | 'canceled' | 'defeated' | 'succeeded' | 'queued' | 'expired' | 'executed'
const states: readonly ProposalState[] = ['pending', 'active', 'canceled', 'defeated', 'succeeded', 'queued', 'expired', 'executed']

export type Proposal = {
  id: bigint
  proposer: Address
  description: string
  calls: ProposedCall[]
  state: ProposalState
  /** Votes, smallest unit of WOPEN. */
  inFavour: bigint
  against: bigint
  abstaining: bigint
  /** What must vote for or abstain; null until the vote begins. */
  quorum: bigint | null
  /** Unix seconds. */
  voteStart: bigint
  voteEnd: bigint
  /** When it can be carried out; 0 while it is not queued. */
  executableAt: bigint
}

/** All proposals of the ledger's present governor, oldest first. */
export async function readProposals(reader: LedgerReader): Promise<Proposal[]> {
  const { governor } = await readGovernance(reader)
  return readLedger(reader, 'proposals', async (client) => {
    const contract = { address: governor, abi: ledgerGovernorAbi } as const
    const created = await client.getContractEvents({ ...contract, eventName: 'ProposalCreated', fromBlock: BigInt(reader.addresses.deployBlock), strict: true })
    return Promise.all(
      created.map(async ({ args }): Promise<Proposal> => {
        const { proposalId: id, proposer, description, voteStart, voteEnd, targets, values, calldatas } = args
        const of = { ...contract, args: [id] } as const
        const [state, [against, inFavour, abstaining], executableAt] = await Promise.all([
          client.readContract({ ...of, functionName: 'state' }),
          client.readContract({ ...of, functionName: 'proposalVotes' }),
          client.readContract({ ...of, functionName: 'proposalEta' }),
        ])
        const begun = states[state] !== 'pending' && states[state] !== 'canceled'
        const quorum = begun ? await client.readContract({ ...contract, functionName: 'quorum', args: [voteStart] }) : null
        const calls = targets.map((target, i) => ({ target, value: values[i]!, data: calldatas[i]! }))
        return { id, proposer, description, calls, state: states[state]!, inFavour, against, abstaining, quorum, voteStart, voteEnd, executableAt }
      }),
    )
  })
}
