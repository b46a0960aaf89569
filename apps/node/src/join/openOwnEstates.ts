import { statementDomain, signStatement, type Network } from '@openledger/protocol'
import { addressesOfNetwork, estateAnswerSeconds, findEstateClaims, readChannel } from '@openledger/sdk'
import { zeroAddress, type Address, type LocalAccount, type PublicClient } from 'viem'
import { blockAt } from '../chain/blockAt.ts'
import { inBatches } from '../chain/inBatches.ts'
import { OwnEstates } from './OwnEstates.ts'
import type { SignedReceipts } from './SignedReceipts.ts'

/** Opens what a node that runs alone knows of claims to its gateway's estate, over JSON-RPC. */
export function openOwnEstates(network: Network, client: PublicClient, account: LocalAccount, gateway: Address, receipts: SignedReceipts): OwnEstates {
  const reader = { publicClient: client, addresses: addressesOfNetwork(network) }
  return new OwnEstates({
    gateway,
    receipts,
    sign: (statement) => signStatement(account, statementDomain(network.chainId, network.contracts.epochs), 'Receipt', statement),
    chain: {
      head: () => client.getBlockNumber({ cacheTime: 0 }),
      async first() {
        const head = await client.getBlock()
        return blockAt(client, head.timestamp - BigInt(estateAnswerSeconds), [network.deployBlock, head.number])
      },
      filed: (from, to) => inBatches(from, to, (start, end) => findEstateClaims(reader, gateway, start, end)),
      payer: async (channelId) => (await readChannel(reader, channelId))?.payer ?? zeroAddress,
    },
  })
}
