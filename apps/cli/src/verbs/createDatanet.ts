import { consentTerms, datanetsAbi, fail, hashJson, keccak, zeroHash, type ConsentTerms, type Hex } from '@openledger/protocol'
import { createDatanet as createOnChain } from '@openledger/sdk'
import type { Address } from 'viem'
import { getContractEvents } from 'viem/actions'
import { askChain } from '../context/askChain.ts'
import type { Session } from '../context/Session.ts'

export type DatanetInput = {
  name: string
  description: string
  /** The name of the owner's key. */
  owner: string
  /** Whether anyone may train on records whose contributor allows builders; default false. */
  openToBuilders?: boolean
  /** What every contribution must grant at least; default: training by builders whom the owner allows, nothing else. */
  consent?: ConsentTerms
  /** SPDX identifiers under which adapters may be passed on; default `adapterLicence`. */
  licences?: readonly string[]
  /** Between the mark of a revoked record and the freeze of its adapters; default 14 days. */
  graceSeconds?: number
  /** The document that says the terms in words; only its hash goes to the chain. */
  document?: Uint8Array
}

/** Under which adapters are passed on where nothing else is said. */
export const adapterLicence = 'Apache-2.0'
export const defaultGraceSeconds = 14 * 24 * 3600

/** The id of the owner's datanet with this metadata, when an earlier call made it. */
async function findDatanet({ reader }: Session, owner: Address, metadataHash: Hex): Promise<bigint | undefined> {
  const { datanets: address, deployBlock } = reader.addresses
  const events = await askChain(reader, 'datanets', (client) =>
    getContractEvents(client, { address, abi: datanetsAbi, eventName: 'DatanetCreated', args: { owner }, fromBlock: BigInt(deployBlock), strict: true }),
  )
  return events.find(({ args }) => args.metadataHash === metadataHash)?.args.datanetId
}

/**
 * Makes a datanet: on the chain with the hash of its name and description, and these at the node. Called again with the same
 * name, description and owner, it finds the datanet that is there.
 * @throws InputError BAD_NAME; CHAIN_AWAY, NODE_AWAY
 */
export async function createDatanet(session: Session, { name, description, owner, openToBuilders, ...input }: DatanetInput): Promise<{ datanetId: bigint; isNew: boolean }> {
  if (name.trim() === '' || name.length > 200) fail('BAD_NAME', 'a datanet has a name of at most 200 characters', { field: '--name' })
  const metadata = { name: name.trim(), description: description.trim() }
  const metadataHash = hashJson(metadata)
  const { account, writer } = await session.actor(owner)
  const { consent = consentTerms({ training: 'allowed' }), licences = [adapterLicence], graceSeconds = defaultGraceSeconds, document } = input
  const terms = { consent, licences, graceSeconds, termsHash: document === undefined ? zeroHash : keccak(document) }
  const known = await findDatanet(session, account.address, metadataHash)
  const datanetId = known ?? (await createOnChain(writer, { metadataHash, openToBuilders, terms }))
  await session.node.setMetadata(datanetId.toString(), metadata)
  return { datanetId, isNew: known === undefined }
}
