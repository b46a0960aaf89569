import { datanetsAbi, modelsAbi, type ConsentTerms, type Hex, type Network } from '@openledger/protocol'
import type { Address, PublicClient } from 'viem'
import type { ChainRights } from './ChainView.ts'

type Placed<T> = { blockNumber: bigint; logIndex: number; change: (rights: ChainRights) => T }

const isBefore = (one: { blockNumber: bigint; logIndex: number }, other: { blockNumber: bigint; logIndex: number }): boolean =>
  one.blockNumber < other.blockNumber || (one.blockNumber === other.blockNumber && one.logIndex < other.logIndex)

/**
 * A datanet's terms and its policy towards a builder as they stood when an adapter was registered, from the chain's own events: what was narrowed or
 * widened later does not count.
 * @returns null when the chain knows no such adapter or datanet
 */
export async function readRights(client: PublicClient, { contracts, deployBlock: fromBlock }: Network, adapterId: Hex, datanetId: bigint, builder: Address): Promise<ChainRights | null> {
  const range = { address: contracts.datanets, abi: datanetsAbi, fromBlock, strict: true } as const
  const args = { datanetId }
  const [registered, created, set, narrowed, policies, builders] = await Promise.all([
    client.getContractEvents({ address: contracts.models, abi: modelsAbi, eventName: 'AdapterRegistered', args: { adapterId }, fromBlock, strict: true }),
    client.getContractEvents({ ...range, eventName: 'DatanetCreated', args }),
    client.getContractEvents({ ...range, eventName: 'TermsSet', args }),
    client.getContractEvents({ ...range, eventName: 'TermsNarrowed', args }),
    client.getContractEvents({ ...range, eventName: 'PolicyChanged', args }),
    client.getContractEvents({ ...range, eventName: 'BuilderChanged', args: { datanetId, builder } }),
  ])
  const [moment] = registered
  if (!moment || created.length === 0) return null
  const changes: Placed<void>[] = [
    ...[...created, ...policies].map((event) => ({ ...event, change: (r: ChainRights) => void (r.isOpen = event.args.openToBuilders) })),
    ...set.map((event) => ({ ...event, change: (r: ChainRights) => void Object.assign(r, { consent: event.args.consent as ConsentTerms, licences: [...event.args.licences] }) })),
    ...narrowed.map((event) => ({ ...event, change: (r: ChainRights) => void Object.assign(r, { consent: event.args.consent as ConsentTerms, licences: r.licences.filter((licence) => !event.args.licences.includes(licence)) }) })),
    ...builders.map((event) => ({ ...event, change: (r: ChainRights) => void (r.isListed = event.args.allowed) })),
  ]
  const rights: ChainRights = { consent: 0, licences: [], isOpen: false, isListed: false }
  changes.sort((a, b) => (isBefore(a, b) ? -1 : 1))
  for (const { change } of changes.filter((event) => isBefore(event, moment))) change(rights)
  return rights
}
