import type { Hex, Network } from '@openledger/protocol'
import { addressesOfNetwork, answerSummons, collectVouchers, ledgerWriter, postEpoch, readChannel, readEpoch, readGatewayAccount, type Collection, type NewEpoch } from '@openledger/sdk'
import { createWalletClient, http, type LocalAccount, type PublicClient } from 'viem'
import type { HeldVoucher } from './planEpoch.ts'
import type { SummonsParts } from './SummonsAnswerer.ts'

/** What settling asks of the chain, in the name of the gateway. Every method may throw UnavailableError CHAIN_AWAY or NOT_MINED. */
export type GatewayChain = {
  /** The index of the next epoch: those below it stand. */
  nextIndex(): Promise<number>
  /** What a channel holds and what was collected of it; null when there is none. */
  channel(id: Hex): Promise<{ deposited: bigint; collected: bigint; closed: boolean } | null>
  collect(vouchers: readonly HeldVoucher[]): Promise<Collection>
  post(epoch: NewEpoch): Promise<void>
  /** The lines' root of an epoch that stands; null when none does. */
  postedRoot(index: number): Promise<Hex | null>
}

/** Shows an Attribution to the court, which has summoned its node; the sending account need not be the node's. */
export function openAnswers(network: Network, rpcUrl: string, client: PublicClient, account: LocalAccount): SummonsParts['answer'] {
  const writer = ledgerWriter(createWalletClient({ account, transport: http(rpcUrl) }), client, addressesOfNetwork(network))
  return async (completion) => void (await answerSummons(writer, completion))
}

/** The gateway's side of the chain, over JSON-RPC. */
export function openGatewayChain(network: Network, rpcUrl: string, client: PublicClient, account: LocalAccount): GatewayChain {
  const writer = ledgerWriter(createWalletClient({ account, transport: http(rpcUrl) }), client, addressesOfNetwork(network))
  return {
    nextIndex: async () => Number((await readGatewayAccount(writer, account.address)).next),
    channel: (id) => readChannel(writer, id),
    collect: (vouchers) => collectVouchers(writer, vouchers),
    post: async (epoch) => void (await postEpoch(writer, epoch)),
    postedRoot: async (index) => (await readEpoch(writer, account.address, BigInt(index)))?.header.linesRoot ?? null,
  }
}
