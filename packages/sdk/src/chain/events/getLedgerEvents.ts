import { isAddressEqual, parseEventLogs, type Log, type PublicClient } from 'viem'
import { attributionCourtAbi, channelsAbi, datanetsAbi, epochCourtAbi, epochsAbi, estatesAbi, executionCourtAbi, inclusionCourtAbi, modelsAbi, parametersAbi, samplingBeaconAbi, stakesAbi } from '@openledger/protocol'
import type { Addresses } from '../connection/Addresses.ts'
import { readLedger } from '../connection/readLedger.ts'
import type { ChainEvent } from './ChainEvent.ts'

const blocksPerRequest = 2_000n

function decode(addresses: Addresses, logs: readonly Log[]): ChainEvent[] {
  const of = (contract: keyof Addresses & ChainEvent['contract']): Log[] => logs.filter((log) => isAddressEqual(log.address, addresses[contract]))
  return [
    ...parseEventLogs({ abi: datanetsAbi, logs: of('datanets') }).map((event) => ({ contract: 'datanets' as const, ...event })),
    ...parseEventLogs({ abi: modelsAbi, logs: of('models') }).map((event) => ({ contract: 'models' as const, ...event })),
    ...parseEventLogs({ abi: channelsAbi, logs: of('channels') }).map((event) => ({ contract: 'channels' as const, ...event })),
    ...parseEventLogs({ abi: epochsAbi, logs: of('epochs') }).map((event) => ({ contract: 'epochs' as const, ...event })),
    ...parseEventLogs({ abi: stakesAbi, logs: of('stakes') }).map((event) => ({ contract: 'stakes' as const, ...event })),
    ...parseEventLogs({ abi: parametersAbi, logs: of('parameters') }).map((event) => ({ contract: 'parameters' as const, ...event })),
    ...parseEventLogs({ abi: epochCourtAbi, logs: of('epochCourt') }).map((event) => ({ contract: 'epochCourt' as const, ...event })),
    ...parseEventLogs({ abi: inclusionCourtAbi, logs: of('inclusionCourt') }).map((event) => ({ contract: 'inclusionCourt' as const, ...event })),
    ...parseEventLogs({ abi: estatesAbi, logs: of('estates') }).map((event) => ({ contract: 'estates' as const, ...event })),
    ...parseEventLogs({ abi: attributionCourtAbi, logs: of('attributionCourt') }).map((event) => ({ contract: 'attributionCourt' as const, ...event })),
    ...parseEventLogs({ abi: samplingBeaconAbi, logs: of('samplingBeacon') }).map((event) => ({ contract: 'samplingBeacon' as const, ...event })),
    ...parseEventLogs({ abi: executionCourtAbi, logs: of('executionCourt') }).map((event) => ({ contract: 'executionCourt' as const, ...event })),
  ]
}

/**
 * All events of the ledger in a range of blocks, both ends included, decoded, in the order of the chain. Transfers of WOPEN are not among them.
 * @throws UnavailableError CHAIN_AWAY
 */
export async function getLedgerEvents(publicClient: PublicClient, addresses: Addresses, fromBlock: bigint, toBlock: bigint): Promise<ChainEvent[]> {
  const { datanets, models, channels, epochs, stakes, parameters, epochCourt, inclusionCourt, estates, attributionCourt, samplingBeacon, executionCourt } = addresses
  const events: ChainEvent[] = []
  for (let from = fromBlock; from <= toBlock; from += blocksPerRequest) {
    const last = from + blocksPerRequest - 1n
    const range = { fromBlock: from, toBlock: last < toBlock ? last : toBlock }
    const logs = await readLedger({ publicClient }, 'events', (client) => client.getLogs({ address: [datanets, models, channels, epochs, stakes, parameters, epochCourt, inclusionCourt, estates, attributionCourt, samplingBeacon, executionCourt], ...range }))
    events.push(...decode(addresses, logs).sort((a, b) => (a.blockNumber === b.blockNumber ? a.logIndex - b.logIndex : a.blockNumber < b.blockNumber ? -1 : 1)))
  }
  return events
}
