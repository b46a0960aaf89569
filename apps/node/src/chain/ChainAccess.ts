import { channelsAbi, datanetsAbi, modelsAbi, parametersAbi, stakesAbi, type ConsentTerms, type Hex, type Network } from '@openledger/protocol'
import { createPublicClient, getContract, http, zeroAddress, type Address, type PublicClient } from 'viem'
import { stakeRoleIndex, type StakeRole } from '@openledger/sdk'
import type { ChannelOnChain } from '../payments/ChannelState.ts'
import { chainAway, chainError, isAway } from './chainError.ts'

/** What the node reads from the chain, at the newest block. Every method throws UnavailableError CHAIN_AWAY while the chain is away. */
export type ChainAccess = {
  readonly client: PublicClient
  chainId(): Promise<number>
  blockNumber(): Promise<number>
  channel(id: Hex): Promise<ChannelOnChain | undefined>
  /** When a contribution was committed; undefined when it was not. `order` rises with each commit. */
  commitment(datanetId: bigint, commitment: Hex): Promise<{ time: number; order: bigint } | undefined>
  /** Whether this contributor has used this nonce on the chain. */
  isNonceUsed(contributor: Address, nonce: bigint): Promise<boolean>
  datanet(id: bigint): Promise<{ owner: Address; metadataHash: Hex; latestSnapshot: Hex; consent: ConsentTerms } | undefined>
  isContributorAllowed(datanetId: bigint, contributor: Address): Promise<boolean>
  isTrainingAllowed(snapshotId: Hex, builder: Address): Promise<boolean>
  isLicenceAllowed(datanetId: bigint, licence: string): Promise<boolean>
  deployment(id: Hex): Promise<{ owner: Address; active: boolean } | undefined>
  /** From when on an adapter's answers may not be sold, Unix seconds; 0 while nothing freezes it, and for a bare base. */
  freezeAt(adapterId: Hex): Promise<number>
  /** SHA-256 of the run manifest that an adapter is registered with; undefined for an unknown adapter. */
  adapterContent(id: Hex): Promise<Hex | undefined>
  /** What an account has bonded for a role, and whether that is enough for it. */
  stake(account: Address, role: StakeRole): Promise<{ bonded: bigint; isStaked: boolean }>
  /** What the treasury gets of each answer, smallest unit. */
  platformFee(): Promise<bigint>
}

/** After a call that found the chain away, the next ones fail at once for so long. */
const pauseMs = 1000

/** Opens the chain of a network over JSON-RPC. */
export function openChain(network: Network, rpcUrl: string): ChainAccess {
  const client = createPublicClient({ transport: http(rpcUrl, { retryCount: 1, timeout: 5000 }), cacheTime: 0, pollingInterval: 200 })
  const { contracts } = network
  const channels = getContract({ address: contracts.channels, abi: channelsAbi, client })
  const datanets = getContract({ address: contracts.datanets, abi: datanetsAbi, client })
  const models = getContract({ address: contracts.models, abi: modelsAbi, client })
  const stakes = getContract({ address: contracts.stakes, abi: stakesAbi, client })
  const parameters = getContract({ address: contracts.parameters, abi: parametersAbi, client })
  let awayUntil = 0
  const ask = async <T>(what: string, call: () => Promise<T>): Promise<T> => {
    // A chain that hangs must not make every caller wait for its time limit.
    if (performance.now() < awayUntil) throw chainAway(what)
    try {
      return await call()
    } catch (error) {
      if (isAway(error)) awayUntil = performance.now() + pauseMs
      throw chainError(error, what)
    }
  }
  return {
    client: client as PublicClient,
    chainId: () => ask('reading the chain id', () => client.getChainId()),
    blockNumber: () => ask('reading the newest block', async () => Number(await client.getBlockNumber({ cacheTime: 0 }))),
    channel: (id) =>
      ask('reading a channel', async () => {
        const c = await channels.read.getChannel([id])
        if (c.payer === zeroAddress) return undefined
        return { payer: c.payer, gateway: c.gateway, deposited: c.deposited, collected: c.collected, closed: c.closed, thawing: c.thawEndsAt !== 0n && !c.prepaid, prepaid: c.prepaid }
      }),
    commitment: (datanetId, commitment) =>
      ask('reading a commitment', async () => {
        const c = await datanets.read.getCommitment([datanetId, commitment])
        return c.order === 0n ? undefined : { time: Number(c.time), order: c.order }
      }),
    isNonceUsed: (contributor, nonce) => ask('reading a nonce', () => datanets.read.isNonceUsed([contributor, nonce])),
    datanet: (id) =>
      ask('reading a datanet', async () => {
        if (id < 1n || id > (await datanets.read.datanetCount())) return undefined
        const d = await datanets.read.getDatanet([id])
        return { owner: d.owner, metadataHash: d.metadataHash, latestSnapshot: d.latestSnapshot, consent: d.consent as ConsentTerms }
      }),
    isContributorAllowed: (datanetId, contributor) => ask('reading a right', () => datanets.read.isContributorAllowed([datanetId, contributor])),
    isTrainingAllowed: (snapshotId, builder) => ask('reading a right', () => datanets.read.isTrainingAllowed([snapshotId, builder])),
    isLicenceAllowed: (datanetId, licence) => ask('reading a licence', () => datanets.read.isLicenceAllowed([datanetId, licence])),
    freezeAt: (adapterId) => ask('reading revocations', async () => (await models.read.revocationsOf([adapterId])).freezeAt),
    deployment: (id) =>
      ask('reading a deployment', async () => {
        const d = await models.read.getDeployment([id])
        return d.owner === zeroAddress ? undefined : { owner: d.owner, active: d.active }
      }),
    adapterContent: (id) =>
      ask('reading an adapter', async () => {
        const { trainer, contentHash } = await models.read.getAdapter([id])
        return trainer === zeroAddress ? undefined : contentHash
      }),
    stake: (account, role) =>
      ask('reading a bond', async () => {
        const index = stakeRoleIndex[role]
        const [{ bonded }, isStaked] = await Promise.all([stakes.read.getPosition([account, index]), stakes.read.isStaked([account, index])])
        return { bonded, isStaked }
      }),
    platformFee: () => ask('reading the platform fee', () => parameters.read.platformFee()),
  }
}
