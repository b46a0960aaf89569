import type { Network } from '@openledger/protocol'
import { addressesOfNetwork, answerSummons, findAttributionSummonsesTo, findSummonsesTo, ledgerWriter, openExecution, readExecutionCase, readParameters, readSummons } from '@openledger/sdk'
import { createWalletClient, http, type LocalAccount, type PublicClient } from 'viem'
import { blockAt } from '../chain/blockAt.ts'
import { inBatches } from '../chain/inBatches.ts'
import type { OwnCourts } from './OwnCases.ts'

/** What the chain's courts ask of a node, and its answers, sent and paid for by its own account. */
export function openOwnCourts(network: Network, rpcUrl: string, client: PublicClient, account: LocalAccount): OwnCourts {
  const writer = ledgerWriter(createWalletClient({ account, transport: http(rpcUrl) }), client, addressesOfNetwork(network))
  const node = account.address
  return {
    head: () => client.getBlockNumber({ cacheTime: 0 }),
    async first() {
      const [{ disputeWindow }, head] = await Promise.all([readParameters(writer), client.getBlock()])
      // A summons is open for a dispute window at most; twice that, in case the window was shortened meanwhile.
      return blockAt(client, head.timestamp - 2n * BigInt(disputeWindow), [network.deployBlock, head.number])
    },
    executions: (from, to) => inBatches(from, to, (start, end) => findSummonsesTo(writer, node, start, end)),
    attributions: (from, to) => inBatches(from, to, (start, end) => findAttributionSummonsesTo(writer, node, start, end)),
    execution: (receiptId) => readExecutionCase(writer, receiptId),
    attribution: (receiptId) => readSummons(writer, receiptId),
    open: async (receipt, opening) => void (await openExecution(writer, receipt, opening)),
    show: async (attribution) => void (await answerSummons(writer, attribution)),
  }
}
