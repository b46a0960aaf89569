import { fail } from '@openledger/protocol'
import { writePeftFolder } from '../adapter/peftFolder.ts'
import { adapterFromParameters, AdapterProbe, answerGradient, answerLossesAfter, gradientDots, isFull, recordFingerprints, trainAdapter, trainTogether } from '../training/index.ts'
import type { EngineCalls } from './EngineCalls.ts'
import type { EngineState } from './EngineState.ts'
import type { Handlers } from '../threads/wire.ts'

type TrainingCalls = Pick<EngineCalls, 'train' | 'trainTogether' | 'answerGradient' | 'fingerprints' | 'gradientDots' | 'lossesAfter' | 'exampleLosses'>

/** Answers the calls that train. A run takes the thread for long stretches: use an engine of its own for it. */
export function trainingHandlers(state: EngineState): Handlers<TrainingCalls> {
  return {
    async train({ examples, recipe, outputFolder, ...rest }, { emit, signal }) {
      const { model } = state.loaded
      const { adapter, ...result } = await trainAdapter(model, examples, recipe, { ...rest, signal, onProgress: (progress) => emit(progress) })
      writePeftFolder(outputFolder, adapter, model)
      return { ...result, adapterId: adapter.id, folder: outputFolder }
    },
    async trainTogether({ examples, recipe, coalitions, outputFolder, ...rest }, { emit, signal, transfer }) {
      const { model } = state.loaded
      const full = coalitions.findIndex(isFull)
      if (outputFolder !== undefined && full < 0) fail('COALITION_MISSING', 'an adapter is written for the coalition of ones, which is not among those to train', { field: 'coalitions' })
      const result = await trainTogether(model, examples, recipe, coalitions, { ...rest, signal, onProgress: (progress) => emit(progress) })
      transfer.push(...[...new Set([result.initial, ...result.adapters])].map(({ buffer }) => buffer as ArrayBuffer))
      if (outputFolder === undefined) return result
      const adapter = adapterFromParameters({ layout: result.layout, weights: result.adapters[full] }, result.recipe, model)
      writePeftFolder(outputFolder, adapter, model)
      return { ...result, adapterId: adapter.id, folder: outputFolder }
    },
    async answerGradient({ adapterId, tokens, supervisedFrom, path }) {
      const adapter = await state.loaded.pool.adapterOf(adapterId)
      return answerGradient(state.loaded.model, adapter, tokens, supervisedFrom, path)
    },
    fingerprints: ({ examples, ...options }, { emit, signal }) => recordFingerprints(state.loaded.model, examples, { ...options, signal, onProgress: emit }),
    async lossesAfter({ adapterId, tokens, supervisedFrom, movements }) {
      const adapter = await state.loaded.pool.adapterOf(adapterId)
      return answerLossesAfter(state.loaded.model, adapter, tokens, supervisedFrom, movements)
    },
    gradientDots: async ({ query, examples, plan }) => gradientDots(state.loaded.model, query, examples, plan),
    async exampleLosses({ weights, shape, examples }) {
      const probe = new AdapterProbe(state.loaded.model, shape)
      try {
        const losses: Float64Array[] = []
        for (const one of weights) {
          losses.push(probe.losses(one, examples))
          await new Promise((resolve) => setImmediate(resolve))
        }
        return losses
      } finally {
        probe.dispose()
      }
    },
  }
}
