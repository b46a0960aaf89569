import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'

/** One small change of a source file. Offsets are bytes of its UTF-8 text. */
export type Mutant = { id: string; file: string; line: number; operator: string; before: string; after: string; start: number; end: number }

type Node = { nodeType?: string; src?: string; operator?: string; prefix?: boolean; kind?: string; value?: string; [key: string]: unknown }
type Solc = { compile(input: string): string }

/** What takes an operator's place: the neighbour of a bound, the opposite of a sign, the other of two. */
const swaps: Partial<Record<string, readonly string[]>> = {
  ...{ '<': ['<=', '>='], '<=': ['<', '>'], '>': ['>=', '<='], '>=': ['>', '<'], '==': ['!='], '!=': ['=='] },
  ...{ '+': ['-'], '-': ['+'], '*': ['/'], '/': ['*'], '%': ['/'], '**': ['*'], '&&': ['||'], '||': ['&&'], '&': ['|'], '|': ['&'], '^': ['&'], '<<': ['>>'], '>>': ['<<'] },
  ...{ '+=': ['-='], '-=': ['+='], '*=': ['/='], '/=': ['*='], '|=': ['&='], '&=': ['|='], '++': ['--'], '--': ['++'] },
}

const place = (node: Node): [number, number] => {
  const [start, length] = node.src!.split(':').map(Number) as [number, number]
  return [start, start + length]
}

/** Every node of a syntax tree with those above it, the nearest last. */
function* walk(node: unknown, above: readonly Node[] = []): Generator<[Node, readonly Node[]]> {
  if (Array.isArray(node)) for (const one of node) yield* walk(one, above)
  else if (typeof node === 'object' && node !== null) {
    const own = node as Node
    const isNode = own.nodeType !== undefined
    if (isNode) yield [own, above]
    for (const value of Object.values(own)) yield* walk(value, isNode ? [...above, own] : above)
  }
}

/**
 * Lists the mutants of a Solidity file: operators exchanged, conditions forced, statements, events and modifiers dropped, numbers raised by one, truth values
 * flipped. Places come from the compiler's own syntax tree.
 * @param file the name under which they are listed
 * @param text the file's text
 */
export function findMutants(file: string, text: string): Mutant[] {
  const solc = createRequire(import.meta.url)('solc') as Solc
  const input = { language: 'Solidity', sources: { [file]: { content: text } }, settings: { stopAfter: 'parsing', outputSelection: { '*': { '': ['ast'] } } } }
  const { sources } = JSON.parse(solc.compile(JSON.stringify(input))) as { sources: Record<string, { ast: Node }> }
  const bytes = Buffer.from(text)
  const found: Mutant[] = []
  const seen = new Map<string, number>()
  const change = (operator: string, [start, end]: [number, number], after: string): void => {
    const before = bytes.subarray(start, end).toString()
    const line = bytes.subarray(0, start).toString().split('\n').length
    // A mutant keeps its id when lines are put in above it; equal ones are numbered.
    const key = JSON.stringify([file, operator, text.split('\n')[line - 1], start - bytes.subarray(0, start).lastIndexOf(10), before, after])
    const nth = seen.get(key) ?? 0
    seen.set(key, nth + 1)
    const id = createHash('sha256').update(nth === 0 ? key : `${key}${nth}`).digest('hex').slice(0, 16)
    found.push({ id, file, line, operator, before, after, start, end })
  }
  const between = (from: number, to: number, word: string): [number, number] => {
    const at = from + bytes.subarray(from, to).toString().indexOf(word)
    return [at, at + word.length]
  }
  for (const [node, above] of walk(sources[file]!.ast)) {
    const parent = above.at(-1)
    const isAside = above.some((n) => n.nodeType === 'InlineAssembly' || n.nodeType === 'EventDefinition')
    if (isAside || node.src === undefined) continue
    switch (node.nodeType) {
      case 'BinaryOperation': {
        const [, left] = place(node.leftExpression as Node)
        const [right] = place(node.rightExpression as Node)
        for (const other of swaps[node.operator!] ?? []) change('operator', between(left, right, node.operator!), other)
        break
      }
      case 'Assignment': {
        const [, left] = place(node.leftHandSide as Node)
        const [right] = place(node.rightHandSide as Node)
        for (const other of swaps[node.operator!] ?? []) change('assignment', between(left, right, node.operator!), other)
        break
      }
      case 'UnaryOperation': {
        const [start, end] = place(node)
        if (node.operator === '!') change('negation', [start, start + 1], '')
        else for (const other of swaps[node.operator!] ?? []) change('operator', node.prefix === true ? [start, start + 2] : [end - 2, end], other)
        break
      }
      case 'IfStatement':
      case 'Conditional':
        for (const forced of ['true', 'false']) change('condition', place(node.condition as Node), forced)
        break
      case 'ExpressionStatement': {
        const [start, end] = place(node)
        change('statement', [start, bytes[end] === 59 ? end + 1 : end], '{}')
        break
      }
      case 'EmitStatement':
        change('event', [place(node)[0], place(node)[1] + (bytes[place(node)[1]] === 59 ? 1 : 0)], '{}')
        break
      case 'ModifierInvocation':
        if (parent?.nodeType === 'FunctionDefinition' && parent.kind !== 'constructor') change('modifier', place(node), '')
        break
      case 'Literal':
        if (node.kind === 'bool') change('literal', place(node), node.value === 'true' ? 'false' : 'true')
        if (node.kind === 'number' && parent?.nodeType !== 'ArrayTypeName' && /^[\d_]+$/.test(node.value ?? '')) change('literal', place(node), `(${node.value} + 1)`)
        break
    }
  }
  return found
}

/** A file's text with one mutant in it. */
export function mutate(text: string, { start, end, after }: Mutant): string {
  const bytes = Buffer.from(text)
  return Buffer.concat([bytes.subarray(0, start), Buffer.from(after), bytes.subarray(end)]).toString()
}
