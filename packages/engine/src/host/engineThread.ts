import { parentPort, workerData } from 'node:worker_threads'
import type { EngineCalls, EngineOptions } from './EngineCalls.ts'
import { EngineState } from './EngineState.ts'
import { lowerPriority } from './lowerPriority.ts'
import { serveCalls } from '../threads/serveCalls.ts'
import { servingHandlers } from './servingHandlers.ts'
import { trainingHandlers } from './trainingHandlers.ts'

// The module that an engine's worker thread runs.
const { data } = workerData as { data: EngineOptions }
if (data.niceness) lowerPriority(data.niceness)
const state = new EngineState(data)
if (parentPort) serveCalls<EngineCalls>(parentPort, { ...servingHandlers(state), ...trainingHandlers(state) })
