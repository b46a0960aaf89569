import { fail } from '@openledger/protocol'
import type { CompiledSchema } from './compileSchema.ts'
import { itemAt } from './productiveNodes.ts'
import { LiteralScanner } from './scanners/LiteralScanner.ts'
import type { Scanner } from './scanners/Scanner.ts'
import type { SchemaNode } from './SchemaNode.ts'
import { Stack, type Positions } from './Stack.ts'

/** Most stacks that are followed at once. */
const maxStacks = 2000

/**
 * Recognises the beginnings of documents that are valid under a schema, byte by byte: compact JSON, the properties of an object in the
 * schema's order and then any others. A pushdown automaton that follows all its possible stacks at once; every stack can be completed.
 */
export class SchemaRecogniser {
  readonly #productive: ReadonlySet<SchemaNode>
  readonly #floor: Stack
  readonly #literals = new Map<string, LiteralScanner>()
  readonly start: Positions

  constructor({ root, productive }: CompiledSchema) {
    this.#productive = productive
    // The floor is never opened: reaching it is the end of the document.
    this.#floor = new Stack({ kind: 'value', node: root }, null)
    this.start = this.#open(this.#value(this.#floor, root))
  }

  /** Where the recogniser is after one more byte; null when the byte is not allowed. @throws InputError `SCHEMA_TOO_COSTLY` */
  after({ tops }: Positions, byte: number): Positions | null {
    const next = new Set<Stack>()
    let complete = false
    for (const top of tops) {
      const reached = this.afterTop(top, byte)
      if (!reached) continue
      for (const stack of reached.tops) next.add(stack)
      complete ||= reached.complete
      if (next.size > maxStacks) fail('SCHEMA_TOO_COSTLY', 'the JSON schema leaves too many ways to read the same text', { field: 'response_format', fix: 'let alternatives differ earlier' })
    }
    return next.size > 0 || complete ? { tops: [...next], complete } : null
  }

  /** The same for one stack alone. */
  afterTop(top: Stack, byte: number): Positions | null {
    const { item } = top
    if (item.kind !== 'scanner') return null
    const scanner = item.scanner.after(byte)
    if (!scanner) return null
    const below = top.below!
    if (scanner.ended) return this.#open(below)
    const tops = [scanner === item.scanner ? top : this.#scan(below, scanner)]
    if (!scanner.accepting) return { tops, complete: false }
    const opened = this.#open(below)
    return { tops: [...tops, ...opened.tops], complete: opened.complete }
  }

  /** What a stack goes on with when its part is read: the positions below it. */
  below(top: Stack): Positions {
    return this.#open(top.below!)
  }

  #open(stack: Stack): Positions {
    if (stack === this.#floor) return { tops: [], complete: true }
    if (stack.opened) return stack.opened
    const tops = new Set<Stack>()
    const seen = new Set([stack])
    // A choice can lead back to itself: each stack is opened once.
    for (const next of seen) {
      if (next.item.kind === 'scanner') tops.add(next)
      else for (const alternative of this.#alternatives(next)) seen.add(alternative)
    }
    return (stack.opened = { tops: [...tops], complete: false })
  }

  #alternatives({ item, below }: Stack): Stack[] {
    if (item.kind === 'items') return this.#items(below!, item.node, item.index)
    if (item.kind === 'members') return this.#members(below!, item.node, item.index, item.first)
    if (item.kind === 'scanner') return []
    const { node } = item
    if (node.kind === 'scan') return [this.#scan(below!, node.scanner)]
    if (node.kind === 'array') return [this.#literal(below!.push(`items 0 of ${this.#id(node)}`, { kind: 'items', node, index: 0 }), '[')]
    if (node.kind === 'object') return [this.#literal(this.#rest(below!, node, 0, true), '{')]
    return node.options.filter((option) => this.#productive.has(option)).map((option) => this.#value(below!, option))
  }

  #items(below: Stack, node: SchemaNode & { kind: 'array' }, index: number): Stack[] {
    const found = index >= node.min ? [this.#literal(below, ']')] : []
    const item = itemAt(node, index)
    if (item && this.#productive.has(item)) {
      // From here on every further item is like the last, unless their number is bounded.
      const next = node.max === Infinity ? Math.min(index + 1, Math.max(node.prefix.length, node.min, 1)) : index + 1
      const value = this.#value(below.push(`items ${next} of ${this.#id(node)}`, { kind: 'items', node, index: next }), item)
      found.push(index > 0 ? this.#literal(value, ',') : value)
    }
    return found
  }

  #members(below: Stack, node: SchemaNode & { kind: 'object' }, from: number, first: boolean): Stack[] {
    const found: Stack[] = []
    const comma = first ? '' : ','
    for (let index = from; index < node.members.length; index++) {
      const { key, value, required } = node.members[index]!
      if (this.#productive.has(value)) found.push(this.#literal(this.#value(this.#rest(below, node, index + 1, false), value), `${comma}${JSON.stringify(key)}:`))
      if (required) return found
    }
    if (node.rest && this.#productive.has(node.rest)) {
      const value = this.#literal(this.#value(this.#rest(below, node, node.members.length, false), node.rest), ':')
      const other = this.#scan(value, node.otherKey)
      found.push(first ? other : this.#literal(other, ','))
    }
    found.push(this.#literal(below, '}'))
    return found
  }

  #rest(below: Stack, node: SchemaNode & { kind: 'object' }, index: number, first: boolean): Stack {
    return below.push(`members ${index} ${first} of ${this.#id(node)}`, { kind: 'members', node, index, first })
  }

  #value(below: Stack, node: SchemaNode): Stack {
    return below.push(node, { kind: 'value', node })
  }

  #scan(below: Stack, scanner: Scanner): Stack {
    return below.push(scanner.key, { kind: 'scanner', scanner })
  }

  #literal(below: Stack, text: string): Stack {
    let scanner = this.#literals.get(text)
    if (!scanner) this.#literals.set(text, (scanner = LiteralScanner.of([text])))
    return this.#scan(below, scanner)
  }

  readonly #ids = new Map<SchemaNode, number>()
  #id(node: SchemaNode): number {
    let id = this.#ids.get(node)
    if (id === undefined) this.#ids.set(node, (id = this.#ids.size))
    return id
  }
}
