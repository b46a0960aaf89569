import { JsonObject } from '../JsonObject.ts'

const lists = { pre_tokenizer: 'pretokenizers', normalizer: 'normalizers', post_processor: 'processors' } as const

/** The steps of a part of tokenizer.json, in their order: those of a sequence, the one that there is, or none. @throws InputError `MODEL_FOLDER` */
export function stepsOf(part: JsonObject | null, kind: keyof typeof lists = 'pre_tokenizer'): JsonObject[] {
  if (!part) return []
  if (part.text('type') !== 'Sequence') return [part]
  return part.list(lists[kind]).map((step, index) => new JsonObject(`step ${index} of ${part.source}`, step))
}
