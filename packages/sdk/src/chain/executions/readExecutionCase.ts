import type { Address } from 'viem'
import { committeeSeed, committeeTicket, committeeVerifierAbi, executionCourtAbi, verdicts, zeroHash, type ExecutionVerdict, type Hex } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import { readLedger } from '../connection/readLedger.ts'

const abi = executionCourtAbi
const stages = ['none', 'summoned', 'judged', 'closed'] as const

/** A case about an answer; times in Unix seconds, amounts in the smallest unit. `until` is when the node's time to open it ends. */
export type ExecutionCase = {
  receiptId: Hex
  stage: (typeof stages)[number]
  verdict: ExecutionVerdict
  node: Address
  gateway: Address
  accuser: Address
  /** Whether the beacon drew it; else somebody put `deposit` down. */
  drawn: boolean
  deposit: bigint
  fee: bigint
  number: bigint
  round: number
  summonedAt: number
  until: number
}

/** One committee's turn. `seed` is null until somebody took it. */
export type ExecutionRound = {
  size: number
  right: number
  wrong: number
  commitBy: number
  revealBy: number
  appealBy: number
  seed: Hex | null
  seedBlock: bigint
  members: readonly Address[]
  appellant: Address
  bond: bigint
  side: ExecutionVerdict
}

const court = (reader: LedgerReader) => ({ address: reader.addresses.executionCourt, abi }) as const

/** The latest case about a receipt; null when there never was one. */
export async function readExecutionCase(reader: LedgerReader, receiptId: Hex): Promise<ExecutionCase | null> {
  const c = await readLedger(reader, 'case', (client) => client.readContract({ ...court(reader), functionName: 'getCase', args: [receiptId] }))
  if (c.stage === 0) return null
  const { node, gateway, accuser, drawn, deposit, fee, number, round } = c
  return { receiptId, stage: stages[c.stage] ?? 'none', verdict: verdicts[c.verdict] ?? 'undecided', node, gateway, accuser, drawn, deposit, fee, number, round, summonedAt: Number(c.summonedAt), until: Number(c.until) }
}

/** A committee's turn in a receipt's latest case. */
export async function readExecutionRound(reader: LedgerReader, receiptId: Hex, round: number): Promise<ExecutionRound> {
  const r = await readLedger(reader, 'committee', (client) => client.readContract({ ...court(reader), functionName: 'getRound', args: [receiptId, round] }))
  const { size, right, wrong, seedBlock, members, appellant, bond } = r
  const times = { commitBy: Number(r.commitBy), revealBy: Number(r.revealBy), appealBy: Number(r.appealBy) }
  return { size, right, wrong, seedBlock, members, appellant, bond, ...times, side: verdicts[r.side] ?? 'undecided', seed: r.seed === zeroHash ? null : r.seed }
}

/** Whether an auditor may commit in the round that is open. */
export async function readMayJudge(reader: LedgerReader, receiptId: Hex, auditor: Address): Promise<boolean> {
  return readLedger(reader, 'eligibility', (client) => client.readContract({ ...court(reader), functionName: 'isEligible', args: [receiptId, auditor] }))
}

/** A member's vote: `hidden` until it is revealed, `silent` when it was slashed for that. */
export type Ballot = { commitment: Hex; vote: 'hidden' | 'wrong' | 'right' | 'silent' }

/** A member's ballot; null for who is no member. */
export async function readBallot(reader: LedgerReader, receiptId: Hex, round: number, auditor: Address): Promise<Ballot | null> {
  const [commitment, vote] = await readLedger(reader, 'vote', (client) => client.readContract({ ...court(reader), functionName: 'ballotOf', args: [receiptId, round, auditor] }))
  return commitment === zeroHash ? null : { commitment, vote: (['hidden', 'wrong', 'right', 'silent'] as const)[vote] ?? 'hidden' }
}

/** From when until when an auditor has offered itself for committees, Unix seconds; null for who never did. */
export async function readEnrolment(reader: LedgerReader, auditor: Address): Promise<{ since: number; until: number } | null> {
  const address = reader.addresses.committeeVerifier
  const [since, until] = await readLedger(reader, 'enrolment', (client) => client.readContract({ address, abi: committeeVerifierAbi, functionName: 'enrolment', args: [auditor] }))
  return since === 0n ? null : { since: Number(since), until: Number(until) }
}

/**
 * Whether an auditor would be a member of a committee if it committed now: there is room, or a member has a larger ticket.
 * @returns null while the committee's seed cannot be known, or its block is too old to be read, and then the first to commit moves it on
 */
export async function readWouldBeDrawn(reader: LedgerReader, receiptId: Hex, at: number, round: ExecutionRound, auditor: Address): Promise<boolean | null> {
  const [head, block] = await readLedger(reader, 'block', async (client) => {
    const newest = await client.getBlockNumber({ cacheTime: 0 })
    return [newest, round.seed === null && newest >= round.seedBlock ? await client.getBlock({ blockNumber: round.seedBlock }) : null] as const
  })
  if (round.seed === null && (block === null || head - round.seedBlock > 250n)) return null
  const seed = round.seed ?? committeeSeed(block!.hash, receiptId, at)
  const own = committeeTicket(seed, auditor)
  return round.members.length < round.size || round.members.some((member) => committeeTicket(seed, member) > own)
}
