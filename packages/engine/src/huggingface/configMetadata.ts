import type { GgufMetadataValue } from '../gguf/writeGguf.ts'
import type { ModelConfig } from '../model/ModelConfig.ts'

/** The GGUF metadata that `readModelConfig` reads a configuration from. @param name the model's name, for people */
export function configMetadata(config: ModelConfig, name: string): Record<string, GgufMetadataValue> {
  const { architecture } = config
  const whole = (value: number): GgufMetadataValue => ({ type: 'uint32', value })
  const real = (value: number): GgufMetadataValue => ({ type: 'float32', value })
  const scaling: Record<string, GgufMetadataValue> =
    config.rope.scale === 1 ? {} : { [`${architecture}.rope.scaling.type`]: { type: 'string', value: 'linear' }, [`${architecture}.rope.scaling.factor`]: real(1 / config.rope.scale) }
  return {
    'general.architecture': { type: 'string', value: architecture },
    'general.name': { type: 'string', value: name },
    [`${architecture}.block_count`]: whole(config.layers),
    [`${architecture}.context_length`]: whole(config.context),
    [`${architecture}.embedding_length`]: whole(config.width),
    [`${architecture}.feed_forward_length`]: whole(config.feedForward),
    [`${architecture}.attention.head_count`]: whole(config.heads),
    [`${architecture}.attention.head_count_kv`]: whole(config.kvHeads),
    [`${architecture}.attention.key_length`]: whole(config.headWidth),
    [`${architecture}.attention.value_length`]: whole(config.headWidth),
    [`${architecture}.attention.layer_norm_rms_epsilon`]: real(config.normEpsilon),
    [`${architecture}.rope.freq_base`]: real(config.rope.base),
    [`${architecture}.rope.dimension_count`]: whole(config.rope.dimensions),
    [`${architecture}.vocab_size`]: whole(config.vocabulary),
    ...scaling,
  }
}
