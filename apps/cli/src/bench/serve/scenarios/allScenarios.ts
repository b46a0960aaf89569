import type { Scenario } from './BenchContext.ts'
import { cold } from './cold.ts'
import { fairness } from './fairness.ts'
import { flatness } from './flatness.ts'
import { llamaServer } from './llamaServer.ts'
import { overload } from './overload.ts'
import { punica } from './punica.ts'
import { slora } from './slora.ts'
import { soak } from './soak.ts'
import { throughput } from './throughput.ts'

/** Every scenario, in the order in which they run. */
export const allScenarios: readonly Scenario[] = [throughput, punica, flatness, llamaServer, cold, slora, fairness, overload, soak]
