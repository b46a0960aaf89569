import type { Network } from '@openledger/protocol'
import { addressesOfNetwork, attributeEstateClaim, ledgerWriter, readEpoch, readEstateClaim, refuteEstateClaim } from '@openledger/sdk'
import { createWalletClient, http, type LocalAccount, type PublicClient } from 'viem'
import type { EstateChain } from './EstateWatch.ts'

/** The chain's side of watching estates; the account pays for what is sent, and gets the half of a refuted claim's deposit. */
export function openEstateChain(network: Network, rpcUrl: string, client: PublicClient, account: LocalAccount): EstateChain {
  const writer = ledgerWriter(createWalletClient({ account, transport: http(rpcUrl) }), client, addressesOfNetwork(network))
  return {
    async stands(gateway, receiptId) {
      const [claim, { timestamp }] = await Promise.all([readEstateClaim(writer, gateway, receiptId), client.getBlock()])
      return claim !== null && claim.answerBy >= Number(timestamp)
    },
    header: async (gateway, index) => (await readEpoch(writer, gateway, BigInt(index)))?.header ?? null,
    refute: async (gateway, epoch, opening) => void (await refuteEstateClaim(writer, { gateway, epoch, opening })),
    attribute: async (gateway, signed, shares) => void (await attributeEstateClaim(writer, gateway, signed, shares)),
  }
}
