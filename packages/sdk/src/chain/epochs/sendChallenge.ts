import type { Hex } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'
import { readParameters } from '../parameters/readParameters.ts'
import { ensureWopen } from '../wopen/ensureWopen.ts'
import { settleVerdict } from './settleVerdict.ts'

/** Puts the deposit down and sends a challenge; the slash of a proven one is settled. @returns whether the fault was proven; when not, the deposit is lost */
export async function sendChallenge(writer: LedgerWriter, data: Hex): Promise<boolean> {
  const { epochs } = writer.addresses
  const { challengeDeposit } = await readParameters(writer)
  await ensureWopen(writer, epochs, challengeDeposit)
  const { logs } = await sendCall(writer, { name: 'challenge', to: epochs, data })
  return settleVerdict(writer, logs)
}
