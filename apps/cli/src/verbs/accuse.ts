import { epochDisputeSchema, fail, readArtefact, type EpochDispute } from '@openledger/protocol'
import { accuseEpoch, readEpoch, type EpochVerdict } from '@openledger/sdk'
import type { Address } from 'viem'
import type { Session } from '../context/Session.ts'
import { gatewayOfEpoch } from './epochFiles.ts'

/** An entry of an epoch whose file is nowhere to be had. */
export type Withheld = { epoch: number; list: 'receipts' | 'lines' | 'balances'; place: number; gateway?: Address }

export type AccuseInput = {
  /** The accusation that an audit wrote, or what is withheld. */
  accusation: Uint8Array | Withheld
  /** The key that puts the deposit down and gets the reward. */
  accuser: string
  /** Send what the chain would reject, and lose the deposit. Default false. */
  force?: boolean
}

async function withheld({ reader, network }: Session, { epoch, list, place, gateway }: Withheld): Promise<EpochDispute> {
  const whose = gateway ?? (await gatewayOfEpoch(reader, epoch))
  const found = (await readEpoch(reader, whose, BigInt(epoch))) ?? fail('UNKNOWN_EPOCH', `the gateway has no epoch ${epoch} that stands`, { field: '--epoch' })
  const { chainId, contracts } = network
  return { kind: 'openledger/epoch-dispute/1', chainId, epochs: contracts.epochs, gateway: whose, header: found.header, finding: 'the file is not to be had', claim: { name: 'withheld', list, place } }
}

/**
 * Brings an accusation of an epoch to the chain, or calls its gateway upon to show an entry.
 * @throws InputError NOT_PROVEN when the chain would reject it; BAD_ARTEFACT, NO_KEY; errors of the chain
 */
export async function accuse(session: Session, { accusation, accuser, force = false }: AccuseInput): Promise<{ dispute: EpochDispute; verdict: EpochVerdict }> {
  const dispute = accusation instanceof Uint8Array ? readArtefact(epochDisputeSchema, accusation) : await withheld(session, accusation)
  const { writer } = await session.actor(accuser)
  return { dispute, verdict: await accuseEpoch(writer, dispute, force) }
}
