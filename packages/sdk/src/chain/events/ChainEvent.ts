import type { Abi, ParseEventLogsReturnType } from 'viem'
import type { attributionCourtAbi, channelsAbi, datanetsAbi, epochCourtAbi, epochsAbi, estatesAbi, executionCourtAbi, inclusionCourtAbi, modelsAbi, parametersAbi, samplingBeaconAbi, stakesAbi } from '@openledger/protocol'

type EventOf<Name extends string, A extends Abi> = { contract: Name } & ParseEventLogsReturnType<A, undefined, true>[number]

/** One event of the ledger: `contract` and `eventName` tell which, `args` carries it. */
export type ChainEvent =
  | EventOf<'datanets', typeof datanetsAbi>
  | EventOf<'models', typeof modelsAbi>
  | EventOf<'channels', typeof channelsAbi>
  | EventOf<'epochs', typeof epochsAbi>
  | EventOf<'stakes', typeof stakesAbi>
  | EventOf<'parameters', typeof parametersAbi>
  | EventOf<'epochCourt', typeof epochCourtAbi>
  | EventOf<'inclusionCourt', typeof inclusionCourtAbi>
  | EventOf<'estates', typeof estatesAbi>
  | EventOf<'attributionCourt', typeof attributionCourtAbi>
  | EventOf<'samplingBeacon', typeof samplingBeaconAbi>
  | EventOf<'executionCourt', typeof executionCourtAbi>
