import { deploymentId, hashJson, openAccount, zeroHash, type Deployment, type Hex, type Json, type Network } from '@openledger/protocol'
import type { Address } from 'viem'

/** A hash that is this number. */
export const hashOf = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`
const addressOf = (n: number): Address => `0x${n.toString(16).padStart(40, '0')}`

/** Keys of the parties whose requests are measured; worth nothing anywhere. */
export const parties = { gateway: openAccount(hashOf(1)), node: openAccount(hashOf(2)), owner: openAccount(hashOf(3)), payer: openAccount(hashOf(4)) }

/** A ledger that nobody runs. */
export const network = { chainId: 7, treasury: addressOf(99), contracts: { stakes: addressOf(1), models: addressOf(2), epochs: addressOf(3), channels: addressOf(4) } } as unknown as Network

/** What the node serves and what it is asked for. */
export const profile: Json = { batchInvariant: true, logitsHashes: true }
export const world = { baseId: hashOf(10), profileHash: hashJson(profile), session: hashOf(11), promptTokens: Array.from({ length: 64 }, (_, i) => i) }

/** The payment channel of each client. */
export const channelOf = (client: number): Hex => hashOf(1000 + client)

export const deployment: Deployment = { owner: parties.owner.address, adapterId: world.baseId, inputPrice: 10n, outputPrice: 100n, nodePpm: 500_000, ownerPpm: 400_000, stakersPpm: 100_000, contributorsPpm: 0, methodHash: zeroHash, tableHash: zeroHash, nonce: 1n }
export const deployed = deploymentId(deployment)

/** From the measured process to the one that is both its node and its clients: each of them asks for so many answers in turn; `bare`: lines that are passed on unread, instead of answers. */
export type Asked = { url: string; tokens: number; clients: number; requests: number; bare: boolean }
/** Back: where the node listens, and where bare lines come from; or that all was asked. */
export type Told = { listens: string; bare: number } | { answered: number }
