import { zeroAddress, type Address } from 'viem'
import { estatesAbi, zeroHash, type Hex, type Share } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import { readLedger } from '../connection/readLedger.ts'

const abi = estatesAbi

/**
 * What is known of a gateway's silence and of its estate. Times in Unix seconds, 0 for none; `silent` in seconds; amounts in the smallest unit.
 * `claims` is the sum of the fees that are claimed. The fields of the settled estate are 0 before somebody is paid from it.
 */
export type EstateState = {
  seenAt: number
  silent: number
  announcedAt: number
  round: number
  openedAt: number
  filingEndsAt: number
  settlesAt: number
  settled: boolean
  coins: bigint
  claims: bigint
  claimPool: bigint
  claimsLeft: bigint
  restLeft: bigint
  weightLeft: bigint
}

/** A claim for a promised receipt; `answerBy` in Unix seconds, `paid` the number of shares that were paid. */
export type EstateClaim = { claimant: Address; deposit: bigint; fee: bigint; answerBy: number; paid: number; channelId: Hex; shareRoot: Hex }

/** Reads a gateway's silence and estate. */
export async function readEstate(reader: LedgerReader, gateway: Address): Promise<EstateState> {
  const address = reader.addresses.estates
  const [watch, { coins, ...estate }, claims] = await readLedger(reader, 'estate', (client) =>
    Promise.all([
      client.readContract({ address, abi, functionName: 'getWatch', args: [gateway] }),
      client.readContract({ address, abi, functionName: 'getEstate', args: [gateway] }),
      client.readContract({ address, abi, functionName: 'claimsOf', args: [gateway] }),
    ]),
  )
  return { seenAt: watch.seenAt, silent: watch.silent, announcedAt: watch.noticedAt, round: watch.round, ...estate, coins, claims }
}

/** The claim that stands for a receipt; null for none. */
export async function readEstateClaim(reader: LedgerReader, gateway: Address, receiptId: Hex): Promise<EstateClaim | null> {
  const address = reader.addresses.estates
  const { attribution: _, ...claim } = await readLedger(reader, 'claim', (client) => client.readContract({ address, abi, functionName: 'getClaim', args: [gateway, receiptId] }))
  return claim.claimant === zeroAddress ? null : claim
}

/** How long a claim can be answered, by the contract's constant. */
export const estateAnswerSeconds = 30 * 86_400

/** A claim as it was filed, and where on the chain; `isAttributed`: with an Attribution. */
export type EstateClaimFiled = { receiptId: Hex; block: number; logIndex: number; isAttributed: boolean }

/** The claims to a gateway's estate that were filed in a range of blocks, both ends included, in their order. */
export async function findEstateClaims(reader: LedgerReader, gateway: Address, fromBlock: bigint, toBlock: bigint): Promise<EstateClaimFiled[]> {
  const { estates: address } = reader.addresses
  const filed = await readLedger(reader, 'claims', (client) => client.getContractEvents({ address, abi, eventName: 'ClaimFiled', args: { gateway }, fromBlock, toBlock, strict: true }))
  return filed.map(({ args, blockNumber, logIndex }) => ({ receiptId: args.receiptId, block: Number(blockNumber), logIndex, isAttributed: args.claim.attribution !== zeroHash }))
}

/** The rounds of a gateway's silence in which claims for a receipt were filed, the latest first. */
export async function readClaimRounds(reader: LedgerReader, gateway: Address, receiptId: Hex): Promise<number[]> {
  const { estates: address, deployBlock } = reader.addresses
  const filed = await readLedger(reader, 'claims for a receipt', (client) =>
    client.getContractEvents({ address, abi, eventName: 'ClaimFiled', args: { gateway, receiptId }, fromBlock: BigInt(deployBlock), strict: true }),
  )
  return filed.map(({ args }) => Number(args.round)).reverse()
}

/** All shares by which a claimed receipt is paid, from the claim's own events; empty when it was never claimed. */
export async function readClaimedShares(reader: LedgerReader, gateway: Address, receiptId: Hex): Promise<Share[]> {
  const { estates: address, deployBlock } = reader.addresses
  const range = { address, abi, args: { gateway, receiptId }, fromBlock: BigInt(deployBlock) } as const
  const [filed, attributed] = await readLedger(reader, 'shares of a claim', (client) =>
    Promise.all([client.getContractEvents({ ...range, eventName: 'ClaimFiled', strict: true }), client.getContractEvents({ ...range, eventName: 'ClaimAttributed', strict: true })]),
  )
  const [last] = [...filed, ...attributed].sort((a, b) => (a.blockNumber === b.blockNumber ? b.logIndex - a.logIndex : a.blockNumber < b.blockNumber ? 1 : -1))
  return [...(last?.args.shares ?? [])]
}
