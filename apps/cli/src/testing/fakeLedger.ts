import type { LedgerReader, LedgerWriter } from '@openledger/sdk'
import { zeroAddress, type Address, type PublicClient } from 'viem'
import type { Hex } from '@openledger/protocol'

export type FakeChannel = { payer: Address; gateway: Address; deposited: bigint }
type Read = { functionName: string; args?: readonly unknown[] }

/** What a payer reads of the chain: its channels, and the parameters. Nothing can be sent to it. */
export function fakeLedger(addresses: LedgerReader['addresses'], channels: ReadonlyMap<Hex, FakeChannel>, platformFee: bigint): LedgerReader & LedgerWriter {
  const answers: Record<string, (args: readonly unknown[]) => unknown> = {
    values: () => ({ platformFee }),
    getChannel: ([id]) => {
      const channel = channels.get(id as Hex)
      return { thawPeriod: 60, thawEndsAt: 0n, closed: false, prepaid: false, collected: 0n, ...(channel ?? { payer: zeroAddress, gateway: zeroAddress, deposited: 0n }) }
    },
  }
  const readContract = ({ functionName, args = [] }: Read): Promise<unknown> => Promise.resolve(answers[functionName]!(args))
  return { publicClient: { readContract } as unknown as PublicClient, walletClient: undefined as never, addresses }
}
