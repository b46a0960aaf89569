import type { ModelConfig } from '@openledger/engine'

/** The sizes of a model that the bench makes itself. */
export type BenchShape = { name: string } & Pick<ModelConfig, 'layers' | 'width' | 'heads' | 'kvHeads' | 'headWidth' | 'feedForward' | 'vocabulary' | 'context'>

/** 135 million parameters, the sizes of SmolLM-135M: small enough for two cores, deep enough for its layers to be what costs. */
export const smallLlama: BenchShape = { name: 'llama-135m', layers: 30, width: 576, heads: 9, kvHeads: 3, headWidth: 64, feedForward: 1536, vocabulary: 49_152, context: 2048 }

/** Tens of thousands of parameters: shows within seconds that every scenario runs; its figures mean nothing. */
export const tinyLlama: BenchShape = { name: 'llama-tiny', layers: 2, width: 64, heads: 4, kvHeads: 2, headWidth: 16, feedForward: 96, vocabulary: 512, context: 512 }
