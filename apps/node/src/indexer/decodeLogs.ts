import { attributionCourtAbi, channelsAbi, datanetsAbi, epochCourtAbi, epochsAbi, estatesAbi, executionCourtAbi, guaranteesAbi, inclusionCourtAbi, modelsAbi, parametersAbi, samplingBeaconAbi, stakesAbi, type Json, type Network } from '@openledger/protocol'
import { decodeEventLog, type Abi, type Address, type Hex, type Log } from 'viem'

/** One event of our contracts: `name` is contract and event, such as `Datanets.SnapshotSealed`; amounts in `args` are decimal strings. */
export type ChainEvent = { block: number; logIndex: number; transaction: Hex; name: string; args: { [key: string]: Json } }

type Source = { contract: string; abi: Abi }

/** The contracts whose events are kept, by address in lower case. */
export function eventSources(network: Network): Map<Address, Source> {
  const { contracts } = network
  const rows: [Address, string, Abi][] = [
    [contracts.datanets, 'Datanets', datanetsAbi],
    [contracts.models, 'Models', modelsAbi],
    [contracts.channels, 'Channels', channelsAbi],
    [contracts.epochs, 'Epochs', epochsAbi],
    [contracts.stakes, 'Stakes', stakesAbi],
    [contracts.parameters, 'Parameters', parametersAbi],
    [contracts.epochCourt, 'EpochCourt', epochCourtAbi],
    [contracts.inclusionCourt, 'InclusionCourt', inclusionCourtAbi],
    [contracts.estates, 'Estates', estatesAbi],
    [contracts.attributionCourt, 'AttributionCourt', attributionCourtAbi],
    [contracts.samplingBeacon, 'SamplingBeacon', samplingBeaconAbi],
    [contracts.executionCourt, 'ExecutionCourt', executionCourtAbi],
    [contracts.guarantees, 'Guarantees', guaranteesAbi],
  ]
  return new Map(rows.map(([address, contract, abi]) => [address.toLowerCase() as Address, { contract, abi }]))
}

function plain(value: unknown): Json {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'string') return /^0x[0-9a-fA-F]*$/.test(value) ? value.toLowerCase() : value
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plain(v)]))
  return value as Json
}

/** Decodes logs of our contracts; logs of events that we do not know are left out. */
export function decodeLogs(logs: readonly Log[], sources: ReadonlyMap<Address, Source>): ChainEvent[] {
  return logs.flatMap((log) => {
    const source = sources.get(log.address.toLowerCase() as Address)
    if (!source || log.blockNumber === null || log.logIndex === null || log.transactionHash === null) return []
    try {
      const { eventName, args } = decodeEventLog({ abi: source.abi, data: log.data, topics: log.topics })
      const fields = plain(args ?? {}) as { [key: string]: Json }
      return [{ block: Number(log.blockNumber), logIndex: log.logIndex, transaction: log.transactionHash, name: `${source.contract}.${eventName ?? 'unknown'}`, args: fields }]
    } catch {
      return []
    }
  })
}
