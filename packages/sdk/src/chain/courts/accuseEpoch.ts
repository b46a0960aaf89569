import { encodeFunctionData, type Address } from 'viem'
import { epochsAbi, fail, type EpochDispute, type Hex } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { readLedger } from '../connection/readLedger.ts'
import { sendCall } from '../connection/sendCall.ts'
import { balanceChallengeCall } from '../epochs/challengeBalance.ts'
import { balanceArgument, lineArgument } from '../epochs/openings.ts'
import { settleVerdict } from '../epochs/settleVerdict.ts'
import { readParameters } from '../parameters/readParameters.ts'
import { ensureWopen } from '../wopen/ensureWopen.ts'
import { epochClaimCall } from './challengeEpoch.ts'
import { convictWithheld, demandEntry, readDemand } from './demandEntry.ts'

const abi = epochsAbi

type Withheld = EpochDispute & { claim: Extract<EpochDispute['claim'], { name: 'withheld' }> }
type Challenge = { to: Address; data: Hex }

/** The call by which an accusation is brought to the chain; none for one of withheld data. */
function callOf({ addresses }: LedgerWriter, { gateway, header, claim }: EpochDispute): Challenge | null {
  const { epochs: to } = addresses
  switch (claim.name) {
    case 'first-line':
      return { to, data: encodeFunctionData({ abi, functionName: 'challengeFirstLine', args: [gateway, header, lineArgument(claim.line)] }) }
    case 'lines':
      return { to, data: encodeFunctionData({ abi, functionName: 'challengeLines', args: [gateway, header, lineArgument(claim.first), lineArgument(claim.second)] }) }
    case 'balance-order':
      return { to, data: encodeFunctionData({ abi, functionName: 'challengeBalanceOrder', args: [gateway, header, balanceArgument(claim.first), balanceArgument(claim.second)] }) }
    case 'balance':
      return { to, data: balanceChallengeCall({ ...claim, gateway, epoch: header }) }
    case 'withheld':
      return null
    default:
      return { to: addresses.epochCourt, data: epochClaimCall(gateway, header, claim) }
  }
}

/** Asks the chain what it would say of a challenge; nothing is sent. Without the deposit an unproven one is refused, which is an answer too. */
async function wouldHold(writer: LedgerWriter, { to, data }: Challenge): Promise<boolean> {
  const { account } = writer.walletClient
  return readLedger(writer, 'judgement', async (client) => {
    const { data: answer } = await client.call({ account, to, data })
    return BigInt(answer ?? '0x0') === 1n
  })
}

/** What became of an accusation: the epoch is void; it stands and the deposit is lost; its gateway has until `answerBy` (Unix seconds) to show the entry. */
export type EpochVerdict = { outcome: 'convicted' } | { outcome: 'acquitted' } | { outcome: 'demanded'; answerBy: number }

/** Demands what an epoch withholds, or convicts its gateway when an earlier demand found no answer in time. */
async function pursue(writer: LedgerWriter, { gateway, header: epoch, claim }: Withheld): Promise<EpochVerdict> {
  const demand = { gateway, epoch, list: claim.list, place: claim.place }
  const { epochs: address } = writer.addresses
  const epochHash = await readLedger(writer, 'epoch hash', (client) => client.readContract({ address, abi, functionName: 'epochHash', args: [gateway, epoch.index] }))
  const standing = await readDemand(writer, epochHash, claim.list, claim.place)
  if (standing) {
    const { timestamp } = await readLedger(writer, 'block', (client) => client.getBlock())
    if (timestamp <= BigInt(standing.answerBy)) return { outcome: 'demanded', answerBy: standing.answerBy }
    await convictWithheld(writer, demand)
    return { outcome: 'convicted' }
  }
  await demandEntry(writer, demand)
  const placed = await readDemand(writer, epochHash, claim.list, claim.place)
  return { outcome: 'demanded', answerBy: placed?.answerBy ?? 0 }
}

/**
 * Brings an accusation of an epoch to the chain. One of withheld data is brought twice: first as a demand, then, after its time and before the
 * window closes, as a conviction.
 * @param evenIfItFails send a challenge that the chain would reject, and lose the deposit. Default false
 * @throws InputError NOT_PROVEN without it; CHAIN_MISMATCH for an accusation of another ledger; what the contracts refuse (WINDOW_CLOSED, UNKNOWN_EPOCH)
 */
export async function accuseEpoch(writer: LedgerWriter, dispute: EpochDispute, evenIfItFails = false): Promise<EpochVerdict> {
  const { epochs, chainId } = writer.addresses
  if (dispute.chainId !== chainId || dispute.epochs.toLowerCase() !== epochs.toLowerCase()) {
    fail('CHAIN_MISMATCH', 'the accusation is about an epoch of another ledger', { field: 'epochs', fix: 'use the network file of the ledger that holds the epoch' })
  }
  const challenge = callOf(writer, dispute)
  if (!challenge) return pursue(writer, dispute as Withheld)
  const { challengeDeposit } = await readParameters(writer)
  await ensureWopen(writer, challenge.to, challengeDeposit)
  if (!evenIfItFails && !(await wouldHold(writer, challenge))) {
    fail('NOT_PROVEN', 'the openings do not show this fault: the deposit would be lost', { field: 'claim', fix: 'audit the epoch again and use the accusation that it writes' })
  }
  const { logs } = await sendCall(writer, { name: 'challenge', ...challenge })
  return { outcome: (await settleVerdict(writer, logs)) ? 'convicted' : 'acquitted' }
}
