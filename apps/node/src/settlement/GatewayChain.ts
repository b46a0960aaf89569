import type { Hex, Network } from '@openledger/protocol'
import { addressesOfNetwork, answerSummons, collectVouchers, ledgerWriter, makeEpochRoom, openExecution, postEpoch, readChannel, readEpoch, readGatewayAccount, revealEntry, settleConvictions, showInclusion, type Collection, type NewEpoch } from '@openledger/sdk'
import { createWalletClient, http, type LocalAccount, type PublicClient } from 'viem'
import type { HeldVoucher } from './planEpoch.ts'
import type { DemandParts } from './DemandAnswerer.ts'
import type { ExecutionParts } from './ExecutionAnswerer.ts'
import type { InclusionParts } from './InclusionAnswerer.ts'
import type { SummonsParts } from './SummonsAnswerer.ts'

/** What settling asks of the chain, in the name of the gateway. Every method may throw UnavailableError CHAIN_AWAY or NOT_MINED. */
export type GatewayChain = {
  /** The index of the next epoch: those below it stand. */
  nextIndex(): Promise<number>
  /** What a channel holds and what was collected of it; null when there is none. */
  channel(id: Hex): Promise<{ deposited: bigint; collected: bigint; closed: boolean } | null>
  collect(vouchers: readonly HeldVoucher[]): Promise<Collection>
  /** How much the next epoch can promise before the bond is used up; shows the chain first which epochs are final when that is less than `wanted`. */
  room(wanted: bigint): Promise<bigint>
  post(epoch: NewEpoch): Promise<void>
  /** The lines' root of an epoch that stands; null when none does. */
  postedRoot(index: number): Promise<Hex | null>
}

/** Shows an Attribution to the court, which has summoned its node; the sending account need not be the node's. */
export function openAnswers(network: Network, rpcUrl: string, client: PublicClient, account: LocalAccount): SummonsParts['answer'] {
  const writer = ledgerWriter(createWalletClient({ account, transport: http(rpcUrl) }), client, addressesOfNetwork(network))
  return async (completion) => void (await answerSummons(writer, completion))
}

/** Shows the court an entry of an epoch that somebody has demanded to see. */
export function openReveals(network: Network, rpcUrl: string, client: PublicClient, account: LocalAccount): DemandParts['chain'] {
  const writer = ledgerWriter(createWalletClient({ account, transport: http(rpcUrl) }), client, addressesOfNetwork(network))
  return {
    header: async (index) => (await readEpoch(writer, account.address, BigInt(index)))?.header ?? null,
    reveal: async (demand, entry) => void (await revealEntry(writer, demand, entry)),
  }
}

/** Shows the court a receipt that the gateway promised to settle, in the epoch that settled it. */
export function openInclusions(network: Network, rpcUrl: string, client: PublicClient, account: LocalAccount): InclusionParts['chain'] {
  const writer = ledgerWriter(createWalletClient({ account, transport: http(rpcUrl) }), client, addressesOfNetwork(network))
  return {
    header: async (index) => (await readEpoch(writer, account.address, BigInt(index)))?.header ?? null,
    show: async (epoch, opening) => void (await showInclusion(writer, { gateway: account.address, epoch, opening })),
  }
}

/** Opens an answer to the court that asks for it; the sending account need not be the node's. */
export function openExecutions(network: Network, rpcUrl: string, client: PublicClient, account: LocalAccount): ExecutionParts['open'] {
  const writer = ledgerWriter(createWalletClient({ account, transport: http(rpcUrl) }), client, addressesOfNetwork(network))
  return async (receipt, opening) => void (await openExecution(writer, receipt, opening))
}

/** The gateway's side of the chain, over JSON-RPC. */
export function openGatewayChain(network: Network, rpcUrl: string, client: PublicClient, account: LocalAccount): GatewayChain {
  const writer = ledgerWriter(createWalletClient({ account, transport: http(rpcUrl) }), client, addressesOfNetwork(network))
  return {
    nextIndex: async () => Number((await readGatewayAccount(writer, account.address)).next),
    channel: (id) => readChannel(writer, id),
    collect: (vouchers) => collectVouchers(writer, vouchers),
    room: async (wanted) => {
      // A bond with a slash that nobody has settled covers nothing.
      await settleConvictions(writer, account.address)
      return makeEpochRoom(writer, wanted)
    },
    post: async (epoch) => void (await postEpoch(writer, epoch)),
    postedRoot: async (index) => (await readEpoch(writer, account.address, BigInt(index)))?.header.linesRoot ?? null,
  }
}
