import type { Words } from '../language/Words.ts'

/** Names that facts of the world point to. */
export interface Neighbours {
  person: () => string
  town: () => string
  guild: () => string
}

/**
 * One kind of fact about an entity. Templates are separated by ` | `; `{n}` is the bare name, `{e}` the name with its
 * indefinite article, `{t}` with the definite one, `{ns}` the plural, `{he}` `{him}` `{his}` the pronouns, and every other
 * slot comes from `draw`. `asks` gives pairs `direct ~ indirect`: "What is {e} ~ what {e} is".
 */
export interface Aspect {
  id: string
  draw: (words: Words, near: Neighbours) => Record<string, string>
  says: string
  asks: string
  answers: string
}

/** A kind of entity: how it is named, how it is spoken of, and what can be said about it. */
export interface EntityKind {
  id: string
  /** Proper names take no article. */
  proper: boolean
  pronouns: readonly (readonly [he: string, him: string, his: string])[]
  name: (words: Words, near: Neighbours) => string
  aspects: readonly Aspect[]
}

/** The pronouns of a thing. */
export const thingPronouns = [['it', 'it', 'its']] as const
