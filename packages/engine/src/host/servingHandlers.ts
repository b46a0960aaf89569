import { fail } from '@openledger/protocol'
import { encodeChat } from '../template/encodeChat.ts'
import type { EngineCalls } from './EngineCalls.ts'
import type { EngineState } from './EngineState.ts'
import type { Handlers } from '../threads/wire.ts'

type ServingCalls = Omit<EngineCalls, 'train' | 'trainTogether' | 'answerGradient' | 'fingerprints' | 'gradientDots' | 'lossesAfter' | 'exampleLosses'>

/** Answers the calls that load, describe and serve a model. */
export function servingHandlers(state: EngineState): Handlers<ServingCalls> {
  return {
    loadModel: ({ path }) => state.load(path),
    tokenize: ({ text, addSpecial, parseSpecial }) => state.loaded.model.vocabulary.tokenize(text, { addSpecial, parseSpecial }),
    detokenize: ({ tokens, special }) => state.loaded.model.vocabulary.detokenize(tokens, special),
    pieces: ({ tokens }) => tokens.map((token) => state.loaded.model.vocabulary.piece(token)),
    encodeChat({ messages, addGenerationPrompt }) {
      const { template, vocabulary } = state.loaded.model
      if (!template) fail('CHAT_TEMPLATE', 'this model has no chat template', { fix: 'use plain completions' })
      return encodeChat(template, vocabulary, messages, addGenerationPrompt)
    },
    registerAdapter: async ({ folder }) => ({ adapterId: await state.loaded.pool.register(folder) }),
    removeAdapter: ({ adapterId }) => state.loaded.pool.remove(adapterId),
    reloadAdapter: async ({ adapterId, folder }) => ({ adapterId: await state.loaded.pool.reload(adapterId, folder) }),
    pinAdapter: ({ adapterId }) => state.loaded.pool.pin(adapterId),
    unpinAdapter: ({ adapterId }) => state.loaded.pool.unpin(adapterId),
    adapterStats: () => ({ ...state.loaded.pool.stats(), usage: state.loaded.pool.usage() }),
    generate: (request, { emit, signal }) => state.loaded.batcher.generate(request, emit, signal),
    score: (request, { signal }) => state.loaded.batcher.score(request, signal),
    embed: (request, { signal }) => state.loaded.batcher.embed(request, signal),
    states: (request, { signal }) => state.loaded.batcher.states(request, signal),
    load() {
      const { batcher, pool, serving } = state.loaded
      const { registered, window } = pool.stats()
      const { base, single, mixed } = serving.pass.counts
      return { ...batcher.load, paths: { base, single, mixed }, adapters: registered, adapterBytes: window.bytes }
    },
    close: () => state.dispose(),
  }
}
