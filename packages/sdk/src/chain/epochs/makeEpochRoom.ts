import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { readParameters } from '../parameters/readParameters.ts'
import type { EpochHeader } from './EpochHeader.ts'
import { finaliseEpoch } from './finaliseEpoch.ts'
import { readEpoch } from './readEpoch.ts'
import { readEpochCover } from './readEpochCover.ts'
import { readGatewayAccount } from './readGatewayAccount.ts'

/** The newest epoch of the sending gateway that is final; null when none is. Windows close in the order of epochs, so a bisection finds it. */
async function newestFinal(writer: LedgerWriter): Promise<EpochHeader | null> {
  const gateway = writer.walletClient.account.address
  let [low, high] = [0n, (await readGatewayAccount(writer, gateway)).next]
  let found: EpochHeader | null = null
  while (low < high) {
    const middle = (low + high) / 2n
    const epoch = await readEpoch(writer, gateway, middle)
    if (epoch?.final) {
      found = epoch.header
      low = middle + 1n
    } else high = middle
  }
  return found
}

/**
 * How much the sending gateway's next epoch can promise before its bond is used up. When that is less than `wanted`, the chain is shown first which epochs are final.
 * @returns an amount in the smallest unit; `wanted` for a gateway whose bond is below the minimum, which the chain will refuse for that reason
 */
export async function makeEpochRoom(writer: LedgerWriter, wanted: bigint): Promise<bigint> {
  const gateway = writer.walletClient.account.address
  const [before, { minimumStake }] = await Promise.all([readEpochCover(writer, gateway), readParameters(writer)])
  if (before.bonded < minimumStake) return wanted
  if (before.bonded - before.open >= wanted) return before.bonded - before.open
  const final = await newestFinal(writer)
  if (final && final.cumulative > before.finalised) await finaliseEpoch(writer, gateway, final)
  const { bonded, open } = await readEpochCover(writer, gateway)
  return bonded > open ? bonded - open : 0n
}
