import type { GenesisRequest } from '../genesis/genesisFile.ts'
import type { ScheduleOptions } from '../producer/BlockSchedule.ts'
import type { GuardOptions } from '../rpc/RequestGuard.ts'

export type ChainNodeOptions = GenesisRequest &
  ScheduleOptions &
  GuardOptions & {
    dataFolder: string
    host: string
    /** 0 for any free port. */
    port: number
    /** Adds the methods that move time and make empty blocks. */
    dev: boolean
    /** Lets blocks of one second share its timestamp, so that block times never run ahead of the clock. */
    sharedSeconds: boolean
    /** The clock: milliseconds since 1970. */
    wallMs: () => number
  }
