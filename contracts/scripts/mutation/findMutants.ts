import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'

/**
 * What a condition can stand around to choose between the text and its mutant while the tests run: an expression, or a whole statement. `isPure` where the
 * function may not read the block; `lines` are those of the function.
 */
export type Choice = { form: 'expression' | 'statement'; start: number; end: number; isPure: boolean; lines: [number, number] }
/** One small change of a source file. Offsets are bytes of its UTF-8 text. `choice` is null where only a compilation of its own can try it. */
export type Mutant = { id: string; file: string; line: number; operator: string; before: string; after: string; start: number; end: number; choice: Choice | null }

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

const isNumber = (node: unknown): boolean => {
  const { nodeType, kind, leftExpression, rightExpression, components, subExpression } = node as Node
  if (nodeType === 'Literal') return kind === 'number'
  if (nodeType === 'TupleExpression') return (components as unknown[]).every(isNumber)
  if (nodeType === 'UnaryOperation') return isNumber(subExpression)
  return nodeType === 'BinaryOperation' && isNumber(leftExpression) && isNumber(rightExpression)
}

/**
 * The node around which a choice leaves the compiler's types as they are, or null. A number alone would take a type of its own: in a conversion the choice
 * stands around that, and before a shift or a power, or among other numbers, nowhere.
 */
function chosenNode(node: Node, above: readonly Node[]): [Node, Choice['form']] | null {
  const parent = above.at(-1)!
  const isStatement = node.nodeType === 'ExpressionStatement' || node.nodeType === 'EmitStatement'
  if (isStatement) return parent.nodeType === 'Block' || parent.nodeType === 'UncheckedBlock' || parent.nodeType === 'IfStatement' ? [node, 'statement'] : null
  if (node.nodeType === 'IfStatement' || node.nodeType === 'Conditional') return [node.condition as Node, 'expression']
  if (isNumber(node) && node.nodeType !== 'Literal') return null
  if (node.nodeType !== 'Literal' || node.kind !== 'number') return [node, 'expression']
  if (parent.nodeType === 'FunctionCall' && (parent.expression as Node).nodeType === 'ElementaryTypeNameExpression') return [parent, 'expression']
  const besideNumbers = parent.nodeType === 'TupleExpression' || parent.nodeType === 'UnaryOperation' || isNumber(parent)
  const isShifted = parent.leftExpression === node && ['<<', '>>', '**'].includes(parent.operator ?? '')
  return besideNumbers || isShifted ? null : [node, 'expression']
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
  const lineOf = (at: number): number => bytes.subarray(0, at).toString().split('\n').length
  const choiceOf = (node: Node, above: readonly Node[]): Choice | null => {
    const body = above.findLast((n) => n.nodeType === 'FunctionDefinition' || n.nodeType === 'ModifierDefinition')
    const chosen = body === undefined ? null : chosenNode(node, above)
    if (chosen === null || node.nodeType === 'ModifierInvocation') return null
    const [[from, to], form] = [place(chosen[0]), chosen[1]]
    const end = form === 'statement' && bytes[to] === 59 ? to + 1 : to
    const [first, last] = place(body!)
    return { form, start: from, end, isPure: body!.stateMutability === 'pure', lines: [lineOf(first), lineOf(last)] }
  }
  let choice: Choice | null = null
  const change = (operator: string, [start, end]: [number, number], after: string): void => {
    const before = bytes.subarray(start, end).toString()
    const line = lineOf(start)
    // A mutant keeps its id when lines are put in above it; equal ones are numbered.
    const key = JSON.stringify([file, operator, text.split('\n')[line - 1], start - bytes.subarray(0, start).lastIndexOf(10), before, after])
    const nth = seen.get(key) ?? 0
    seen.set(key, nth + 1)
    const id = createHash('sha256').update(nth === 0 ? key : `${key}${nth}`).digest('hex').slice(0, 16)
    found.push({ id, file, line, operator, before, after, start, end, choice })
  }
  const between = (from: number, to: number, word: string): [number, number] => {
    const at = from + bytes.subarray(from, to).toString().indexOf(word)
    return [at, at + word.length]
  }
  for (const [node, above] of walk(sources[file]!.ast)) {
    const parent = above.at(-1)
    const isAside = above.some((n) => n.nodeType === 'InlineAssembly' || n.nodeType === 'EventDefinition')
    if (isAside || node.src === undefined) continue
    choice = parent === undefined ? null : choiceOf(node, above)
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
