import type { Machine } from '../../serve/measure/machineLine.ts'
import type { GamingResult } from '../gaming/gamingBench.ts'
import type { SettingResult } from './MethodResult.ts'
import type { PlantedResult } from './PlantedResult.ts'

/** All figures and hashes of a run; no text of any record. */
export type AttributionReport = { kind: 'openledger/bench-attribution/1'; machine: Machine; settings: SettingResult[]; planted?: PlantedResult; gaming?: GamingResult }
