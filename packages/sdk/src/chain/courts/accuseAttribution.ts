import { parseEventLogs } from 'viem'
import { attributionCourtAbi, type DisputeBundle, type Share } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { readLedger } from '../connection/readLedger.ts'
import { sendCall } from '../connection/sendCall.ts'
import { readParameters } from '../parameters/readParameters.ts'
import { settleSlashes } from '../stakes/settleSlashes.ts'
import { ensureWopen } from '../wopen/ensureWopen.ts'
import { disputeCall } from './disputeCall.ts'

/**
 * Brings a dispute bundle before the court and puts the deposit down.
 * @param paid what the answer paid, as the receipt bundle or the epoch file lists it; for a claim about the split only
 * @returns whether the fault was proven: then the node is slashed and the sender has the prover's part; when not, the node has the deposit
 */
export async function accuseAttribution(writer: LedgerWriter, bundle: DisputeBundle, paid?: readonly Share[]): Promise<boolean> {
  const data = disputeCall(bundle, paid)
  const { attributionCourt } = writer.addresses
  const { challengeDeposit } = await readParameters(writer)
  await ensureWopen(writer, attributionCourt, challengeDeposit)
  const { logs } = await sendCall(writer, { name: 'accusation', to: attributionCourt, data })
  await settleSlashes(writer, logs)
  return parseEventLogs({ abi: attributionCourtAbi, eventName: 'Convicted', logs }).length > 0
}

/** Asks a judge what the court would say of a dispute bundle; sends nothing and puts nothing at stake, and does not look at signatures. */
export async function askJudge(reader: LedgerReader, bundle: DisputeBundle, paid?: readonly Share[]): Promise<boolean> {
  const data = disputeCall(bundle, paid)
  const { attributionCourt: address } = reader.addresses
  const functionName = judgeOf[bundle.claim.name]
  return readLedger(reader, 'judgement', async (client) => {
    const to = await client.readContract({ address, abi: attributionCourtAbi, functionName })
    const { data: answer } = await client.call({ to, data })
    return BigInt(answer ?? '0x0') === 1n
  })
}

const judgeOf = {
  'dot-product': 'scoreJudge',
  score: 'scoreJudge',
  split: 'paymentJudge',
  inputs: 'paymentJudge',
  'answer-token': 'spanJudge',
  'span-words': 'spanJudge',
  'span-source': 'spanJudge',
  'better-match': 'spanJudge',
  'record-owner': 'indexJudge',
  'suffix-order': 'indexJudge',
} as const satisfies Record<DisputeBundle['claim']['name'], string>

