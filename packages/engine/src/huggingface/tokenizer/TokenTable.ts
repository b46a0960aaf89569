import { fail } from '@openledger/protocol'
import { JsonObject } from '../JsonObject.ts'

/** Kinds of tokens by GGUF's numbers. */
export const tokenKinds = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const

/** The tokens of a tokenizer.json by id: texts, kinds, and the ids of texts. */
export class TokenTable {
  readonly texts: string[]
  readonly kinds: number[]
  readonly ids: ReadonlyMap<string, number>

  /**
   * @param size how many tokens the embedding knows; ids that the tokenizer leaves free become unused tokens
   * @throws InputError `TOKENIZER`, `MODEL_FOLDER`
   */
  constructor(tokenizer: JsonObject, size: number) {
    const bad = (why: string): never => fail('TOKENIZER', `${tokenizer.source} cannot be used: ${why}`)
    const texts: (string | undefined)[] = Array.from({ length: size }, () => undefined)
    const kinds = new Array<number>(size).fill(tokenKinds.normal)
    const ids = new Map<string, number>()
    const place = (text: string, id: unknown): number => {
      if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 0 || id >= size) return bad(`token ${JSON.stringify(text)} has the id ${String(id)}, the embedding knows ${size}`)
      const known = texts[id]
      if ((known !== undefined && known !== text) || (ids.has(text) && ids.get(text) !== id)) return bad(`token ${JSON.stringify(text)} and id ${id} are not one pair`)
      texts[id] = text
      ids.set(text, id)
      return id
    }
    const vocabulary = tokenizer.need('model').need('vocab')
    for (const [text, id] of Object.entries(vocabulary.fields)) place(text, id)
    for (const [index, item] of tokenizer.list('added_tokens', []).entries()) {
      const added = new JsonObject(`added token ${index} of ${tokenizer.source}`, item)
      const id = place(added.text('content'), added.number('id'))
      kinds[id] = added.flag('special', false) ? tokenKinds.control : tokenKinds.userDefined
    }
    this.texts = texts.map((text, id) => {
      if (text !== undefined) return text
      kinds[id] = tokenKinds.unused
      const filler = `[PAD${id}]`
      return ids.has(filler) ? bad(`${filler} is a token, and there is no token ${id}`) : filler
    })
    this.kinds = kinds
    this.ids = ids
  }
}
