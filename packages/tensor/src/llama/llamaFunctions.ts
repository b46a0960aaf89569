import koffi from 'koffi'
import type { Ggml } from '../library/Ggml.ts'

// The structs of llama.h of the pinned release. Only what is set here has a name that matters; sizes and offsets must be exact.
const modelParams = koffi.struct({
  devices: 'void *',
  tensorBufferOverrides: 'void *',
  gpuLayers: 'int32_t',
  splitMode: 'int32_t',
  loadMode: 'int32_t',
  reserved: 'int32_t',
  mainGpu: 'int32_t',
  tensorSplit: 'void *',
  progressCallback: 'void *',
  progressData: 'void *',
  metadataOverrides: 'void *',
  vocabOnly: 'bool',
  checkTensors: 'bool',
  useExtraBuffers: 'bool',
  noHost: 'bool',
  noAlloc: 'bool',
  loadDraft: 'bool',
})

const contextParams = koffi.struct({
  context: 'uint32_t',
  batch: 'uint32_t',
  microBatch: 'uint32_t',
  sequences: 'uint32_t',
  snapshots: 'uint32_t',
  outputs: 'uint32_t',
  outputsPerSequence: 'uint32_t',
  threads: 'int32_t',
  threadsBatch: 'int32_t',
  contextType: 'int32_t',
  ropeScaling: 'int32_t',
  pooling: 'int32_t',
  attention: 'int32_t',
  flashAttention: 'int32_t',
  floats: koffi.array('float', 8),
  evalCallback: 'void *',
  evalData: 'void *',
  typeK: 'int32_t',
  typeV: 'int32_t',
  abortCallback: 'void *',
  abortData: 'void *',
  embeddings: 'bool',
  offload: 'bool',
  noPerf: 'bool',
  opOffload: 'bool',
  fullWindow: 'bool',
  unified: 'bool',
  samplers: 'void *',
  samplerCount: 'size_t',
  other: 'void *',
})

const candidates = koffi.struct({ data: 'void *', size: 'size_t', selected: 'int64_t', sorted: 'bool' })
const batch = koffi.struct({ count: 'int32_t', tokens: 'void *', embeddings: 'void *', positions: 'void *', sequenceCounts: 'void *', sequences: 'void *', outputs: 'void *' })

export type LlamaModelParams = { loadMode: number; vocabOnly: boolean; checkTensors: boolean; useExtraBuffers: boolean; gpuLayers: number }
export type LlamaContextParams = {
  context: number
  batch: number
  microBatch: number
  threads: number
  threadsBatch: number
  flashAttention: number
  typeK: number
  typeV: number
  outputs: number
  outputsPerSequence: number
}
type Call<Args extends unknown[], Result> = (...args: Args) => Result

/** The functions of libllama that are called, typed. Addresses are bigint; null is NULL. */
export type LlamaFunctions = {
  version: Call<[], string>
  modelDefaults: Call<[], LlamaModelParams>
  contextDefaults: Call<[], LlamaContextParams>
  loadModel: Call<[string, LlamaModelParams], bigint | null>
  freeModel: Call<[bigint], void>
  vocabulary: Call<[bigint], bigint>
  tokenCount: Call<[bigint], number>
  tokenize: Call<[bigint, Uint8Array, number, Int32Array, number, boolean, boolean], number>
  piece: Call<[bigint, number, Uint8Array, number, number, boolean], number>
  endsGeneration: Call<[bigint, number], boolean>
  isControl: Call<[bigint, number], boolean>
  bos: Call<[bigint], number>
  eos: Call<[bigint], number>
  addsBos: Call<[bigint], boolean>
  newContext: Call<[bigint, LlamaContextParams], bigint | null>
  freeContext: Call<[bigint], void>
  decode: Call<[bigint, { count: number; tokens: bigint; embeddings: null; positions: null; sequenceCounts: null; sequences: null; outputs: bigint }], number>
  logits: Call<[bigint], bigint>
  memory: Call<[bigint], bigint>
  clearMemory: Call<[bigint, boolean], void>
  loadAdapter: Call<[bigint, string], bigint | null>
  freeAdapter: Call<[bigint], void>
  setAdapters: Call<[bigint, BigUint64Array, number, Float32Array], number>
  samplerPenalties: Call<[number, number, number, number, number], bigint>
  samplerBias: Call<[number, number, Uint8Array], bigint>
  samplerTopK: Call<[number], bigint>
  samplerTopP: Call<[number, number], bigint>
  samplerMinP: Call<[number, number], bigint>
  samplerTemperature: Call<[number], bigint>
  samplerAccept: Call<[bigint, number], void>
  samplerApply: Call<[bigint, { data: bigint; size: number; selected: number; sorted: boolean }], void>
  samplerFree: Call<[bigint], void>
}

const bound = new WeakMap<Ggml, LlamaFunctions>()

/**
 * Binds libllama, registers the CPU backend it will compute with, and silences its log.
 * @returns the same functions for the same ggml
 */
export function llamaFunctions(ggml: Ggml): LlamaFunctions {
  const known = bound.get(ggml)
  if (known) return known
  ggml.registerCpu()
  const library = koffi.load(ggml.libraries.llama)
  // A logger that does nothing: any exported function that ignores its arguments will do.
  const silent = library.symbol('llama_time_us') as bigint
  library.func('void llama_log_set(void *callback, void *data)')(silent, null)
  library.func('void llama_backend_init()')()
  const functions = {
    version: library.func('const char *llama_version()'),
    modelDefaults: library.func('llama_model_default_params', modelParams, []),
    contextDefaults: library.func('llama_context_default_params', contextParams, []),
    loadModel: library.func('llama_model_load_from_file', 'void *', ['const char *', modelParams]),
    freeModel: library.func('void llama_model_free(void *model)'),
    vocabulary: library.func('void *llama_model_get_vocab(void *model)'),
    tokenCount: library.func('int llama_vocab_n_tokens(void *vocabulary)'),
    tokenize: library.func('int llama_tokenize(void *vocabulary, const uint8_t *text, int length, _Out_ int32_t *tokens, int capacity, bool special, bool parse)'),
    piece: library.func('int llama_token_to_piece(void *vocabulary, int token, _Out_ uint8_t *text, int capacity, int strip, bool special)'),
    endsGeneration: library.func('bool llama_vocab_is_eog(void *vocabulary, int token)'),
    isControl: library.func('bool llama_vocab_is_control(void *vocabulary, int token)'),
    bos: library.func('int llama_vocab_bos(void *vocabulary)'),
    eos: library.func('int llama_vocab_eos(void *vocabulary)'),
    addsBos: library.func('bool llama_vocab_get_add_bos(void *vocabulary)'),
    newContext: library.func('llama_init_from_model', 'void *', ['void *', contextParams]),
    freeContext: library.func('void llama_free(void *context)'),
    decode: library.func('llama_decode', 'int', ['void *', batch]),
    logits: library.func('void *llama_get_logits(void *context)'),
    memory: library.func('void *llama_get_memory(void *context)'),
    clearMemory: library.func('void llama_memory_clear(void *memory, bool data)'),
    loadAdapter: library.func('void *llama_adapter_lora_init(void *model, const char *path)'),
    freeAdapter: library.func('void llama_adapter_lora_free(void *adapter)'),
    samplerPenalties: library.func('void *llama_sampler_init_penalties(int vocabulary, int last, float repeat, float frequency, float presence)'),
    samplerBias: library.func('void *llama_sampler_init_logit_bias(int vocabulary, int count, const uint8_t *biases)'),
    samplerTopK: library.func('void *llama_sampler_init_top_k(int k)'),
    samplerTopP: library.func('void *llama_sampler_init_top_p(float p, size_t keep)'),
    samplerMinP: library.func('void *llama_sampler_init_min_p(float p, size_t keep)'),
    samplerTemperature: library.func('void *llama_sampler_init_temp(float temperature)'),
    samplerAccept: library.func('void llama_sampler_accept(void *sampler, int token)'),
    samplerApply: library.func('llama_sampler_apply', 'void', ['void *', koffi.inout(koffi.pointer(candidates))]),
    samplerFree: library.func('void llama_sampler_free(void *sampler)'),
    setAdapters: library.func('int llama_set_adapters_lora(void *context, const uint64_t *adapters, size_t count, const float *scales)'),
  } as unknown as LlamaFunctions
  bound.set(ggml, functions)
  return functions
}
