import { createPublicClient, http, BaseError, ContractFunctionRevertedError, type Address, type PublicClient } from 'viem'
import {
  channelsAbi,
  datanetsAbi,
  epochsAbi,
  modelsAbi,
  OpenLedgerError,
  stakesAbi,
  UnavailableError,
  type ConsentTerms,
  type Hex,
  type Network,
} from '@openledger/protocol'
import type { ChainEpoch, ChainView } from './ChainView.ts'
import { readRights } from './readRights.ts'

const nodeRole = 0
const zeroAddress: Address = `0x${'0'.repeat(40)}`

/** A view call that reverts means "the chain does not know it"; anything else means that the chain could not be asked. */
async function orNull<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call
  } catch (error) {
    if (error instanceof BaseError && error.walk((e) => e instanceof ContractFunctionRevertedError)) return null
    if (error instanceof OpenLedgerError) throw error
    throw new UnavailableError('CHAIN_AWAY', 'the chain did not answer', {
      cause: error,
      action: 'retry',
      fix: 'check that the RPC address is right and that the chain runs, then audit again',
    })
  }
}

async function readEpoch(client: PublicClient, { contracts, deployBlock }: Network, gateway: Address, index: number): Promise<ChainEpoch | null> {
  const address = contracts.epochs
  const standing = await orNull(client.readContract({ address, abi: epochsAbi, functionName: 'epochHash', args: [gateway, BigInt(index)] }))
  const events = await orNull(
    client.getContractEvents({ address, abi: epochsAbi, eventName: 'EpochPosted', args: { gateway, index: BigInt(index) }, fromBlock: deployBlock, strict: true }),
  )
  const latest = events?.at(-1)
  if (!latest) return null
  const { epoch, epochHash } = latest.args
  const block = await orNull(client.getBlock())
  return { ...epoch, voided: standing !== epochHash, final: (block?.timestamp ?? 0n) >= epoch.finalAt || BigInt(Math.floor(Date.now() / 1000)) >= epoch.finalAt }
}

/** The chain as the audit asks it, over one JSON-RPC address; reads only. */
export function viemChainView(network: Network, client: PublicClient = createPublicClient({ transport: http(network.rpcUrl) })): ChainView {
  const { datanets, models, channels, epochs, stakes } = network.contracts
  return {
    contribution: async (id) => {
      const c = await orNull(client.readContract({ address: datanets, abi: datanetsAbi, functionName: 'getContribution', args: [id] }))
      return c && c.contributor !== zeroAddress ? { ...c, consent: c.consent as ConsentTerms } : null
    },
    snapshot: async (id) => {
      const s = await orNull(client.readContract({ address: datanets, abi: datanetsAbi, functionName: 'getSnapshot', args: [id] }))
      return s && s.sealedAt !== 0n ? s : null
    },
    base: async (id) => {
      const b = await orNull(client.readContract({ address: models, abi: modelsAbi, functionName: 'getBase', args: [id] }))
      return b && b.registrant !== zeroAddress ? { registrant: b.registrant } : null
    },
    adapter: async (id) => {
      const a = await orNull(client.readContract({ address: models, abi: modelsAbi, functionName: 'getAdapter', args: [id] }))
      return a && a.trainer !== zeroAddress ? a : null
    },
    deployment: async (id) => {
      const d = await orNull(client.readContract({ address: models, abi: modelsAbi, functionName: 'getDeployment', args: [id] }))
      return d && d.owner !== zeroAddress ? { owner: d.owner, active: d.active, inputPrice: d.inputPrice, outputPrice: d.outputPrice } : null
    },
    rights: (adapterId, datanetId, builder) => orNull(readRights(client, network, adapterId, datanetId, builder)),
    freezeAt: async (adapterId) => {
      const found = await orNull(client.readContract({ address: models, abi: modelsAbi, functionName: 'revocationsOf', args: [adapterId] }))
      return found && found.freezeAt !== 0 ? BigInt(found.freezeAt) : null
    },
    channel: async (id) => {
      const c = await orNull(client.readContract({ address: channels, abi: channelsAbi, functionName: 'getChannel', args: [id] }))
      return c && c.payer !== zeroAddress ? { payer: c.payer, gateway: c.gateway } : null
    },
    epoch: (gateway, index) => readEpoch(client, network, gateway, index),
    collected: async (gateway) => {
      const credited = await orNull(client.readContract({ address: epochs, abi: epochsAbi, functionName: 'credited', args: [gateway] }))
      return credited ?? 0n
    },
    time: async () => (await client.getBlock()).timestamp,
    stake: async (node) => {
      const position = await orNull(client.readContract({ address: stakes, abi: stakesAbi, functionName: 'getPosition', args: [node, nodeRole] }))
      return position?.bonded ?? 0n
    },
    revokedAt: async (datanetId, recordId: Hex, contributor) => {
      const at = await orNull(client.readContract({ address: datanets, abi: datanetsAbi, functionName: 'revokedAt', args: [datanetId, recordId, contributor] }))
      return at === 0n ? null : at
    },
  }
}

