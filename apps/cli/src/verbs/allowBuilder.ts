import { datanetsAbi } from '@openledger/protocol'
import { setBuilder, type LedgerReader } from '@openledger/sdk'
import type { Address } from 'viem'
import { getContractEvents } from 'viem/actions'
import { askChain } from '../context/askChain.ts'
import type { Session } from '../context/Session.ts'

export type AllowBuilderInput = {
  datanetId: bigint
  /** The name of the datanet owner's key. */
  owner: string
  /** A key's name or an address. */
  builder: string
  /** False takes the right back. Default true. */
  allowed?: boolean
}

/** Whether the owner allowed a builder by name, as the chain's last event about it says. */
async function isAllowed(reader: LedgerReader, datanetId: bigint, builder: Address): Promise<boolean> {
  const { datanets: address, deployBlock } = reader.addresses
  const events = await askChain(reader, 'builders', (client) =>
    getContractEvents(client, { address, abi: datanetsAbi, eventName: 'BuilderChanged', args: { datanetId, builder }, fromBlock: BigInt(deployBlock), strict: true }),
  )
  return events.at(-1)?.args.allowed === true
}

/** Lets a builder train on a datanet, or no longer. Changes nothing when it is so already. */
export async function allowBuilder(session: Session, { datanetId, owner, builder, allowed = true }: AllowBuilderInput): Promise<{ builder: Address; changed: boolean }> {
  const { writer } = await session.actor(owner)
  const address = await session.keys.address(builder)
  if ((await isAllowed(session.reader, datanetId, address)) === allowed) return { builder: address, changed: false }
  await setBuilder(writer, datanetId, address, allowed)
  return { builder: address, changed: true }
}
