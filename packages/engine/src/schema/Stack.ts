import type { Scanner } from './scanners/Scanner.ts'
import type { SchemaNode } from './SchemaNode.ts'

/** What is still to be read: a part in the making, a value, or the remainder of a list or object. */
export type StackItem =
  | { kind: 'scanner'; scanner: Scanner }
  | { kind: 'value'; node: SchemaNode }
  | { kind: 'items'; node: SchemaNode & { kind: 'array' }; index: number }
  | { kind: 'members'; node: SchemaNode & { kind: 'object' }; index: number; first: boolean }

/** Where a recogniser can be: every stack with its scanner on top, and whether the document may end here. */
export type Positions = { tops: readonly Stack[]; complete: boolean }

/** A stack of what is still to be read, the next on top. Equal stacks are one object. */
export class Stack {
  readonly item: StackItem
  readonly below: Stack | null
  readonly #above = new Map<string | SchemaNode, Stack>()
  /** What the item on top can begin with, once it was found out. */
  opened: Positions | undefined
  /** The tokens that can come next, once they were found out. */
  tokens: readonly Int32Array[] | undefined

  constructor(item: StackItem, below: Stack | null) {
    this.item = item
    this.below = below
  }

  /** This stack with one more item. @param key the same for equal items */
  push(key: string | SchemaNode, item: StackItem): Stack {
    let stack = this.#above.get(key)
    if (!stack) this.#above.set(key, (stack = new Stack(item, this)))
    return stack
  }
}
