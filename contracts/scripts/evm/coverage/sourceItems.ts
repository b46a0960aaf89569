/** A part of a source that can run: its bytes, the line it begins on, and the function it is in. */
export type Item = { start: number; length: number; line: number; where: string; text: string }

/** Something that is done: a statement of Solidity or of inline assembly. */
export type Statement = Item

/** Something that is decided, and whether the compiler's conditional jump is taken when it holds. */
export type Condition = Item & { kind: string; jumpsWhen: boolean }

export type SourceItems = { statements: Statement[]; conditions: Condition[] }

type Node = { nodeType?: string; src?: string; name?: string; operator?: string; kind?: string; value?: string; condition?: Node | null; expression?: Node; referencedDeclaration?: number; [key: string]: unknown }

const statementTypes = new Set([
  'ExpressionStatement', 'VariableDeclarationStatement', 'Return', 'RevertStatement', 'EmitStatement', 'IfStatement', 'ForStatement', 'WhileStatement', 'DoWhileStatement',
  'TryStatement', 'Break', 'Continue', 'YulExpressionStatement', 'YulAssignment', 'YulVariableDeclaration', 'YulIf', 'YulForLoop', 'YulSwitch', 'YulLeave', 'YulBreak', 'YulContinue',
])

/** What each kind of condition becomes without the optimizer: a jump past what it guards, or one to what it allows. */
const jumpsWhenHolding: Readonly<Record<string, boolean>> = {
  IfStatement: false, ForStatement: false, WhileStatement: false, DoWhileStatement: true, Conditional: true, '&&': false, '||': true, require: true, assert: true, YulIf: false, YulForLoop: false,
}

/** The kind of condition that a node is, or undefined: a loop without one, or on a constant, decides nothing. */
function conditionKind(node: Node): string | undefined {
  const type = node.nodeType ?? ''
  if (type === 'BinaryOperation') return node.operator === '&&' || node.operator === '||' ? node.operator : undefined
  if (type === 'FunctionCall') {
    const { name, referencedDeclaration } = node.expression ?? {}
    // What the language itself declares has a negative number.
    return (name === 'require' || name === 'assert') && (referencedDeclaration ?? 0) < 0 ? name : undefined
  }
  if (!(type in jumpsWhenHolding)) return undefined
  return node.condition?.nodeType === 'Literal' || node.condition?.nodeType === 'YulLiteral' || node.condition === null || node.condition === undefined ? undefined : type
}

/**
 * The statements and conditions of a source.
 * @param ast its syntax tree as solc gives it
 * @param text its text
 * @returns both in the order of the source. Interfaces and declarations have none
 */
export function sourceItems(ast: unknown, text: string): SourceItems {
  const bytes = Buffer.from(text)
  const items: SourceItems = { statements: [], conditions: [] }
  const place = (src: string, where: string): Item => {
    const [start, length] = src.split(':').map(Number) as [number, number]
    const line = bytes.subarray(0, start).filter((byte) => byte === 10).length + 1
    return { start, length, line, where, text: bytes.subarray(start, start + length).toString().replace(/\s+/g, ' ') }
  }
  const walk = (value: unknown, where: string): void => {
    if (Array.isArray(value)) return value.forEach((entry) => walk(entry, where))
    if (typeof value !== 'object' || value === null) return
    const node = value as Node
    const type = node.nodeType ?? ''
    if (statementTypes.has(type)) items.statements.push(place(node.src!, where))
    const kind = conditionKind(node)
    if (kind !== undefined) items.conditions.push({ ...place(node.src!, where), kind, jumpsWhen: jumpsWhenHolding[kind]! })
    const inside = type === 'ContractDefinition' ? node.name! : /^(Function|Modifier)Definition$/.test(type) ? `${where}.${node.name || node.kind || ''}` : where
    for (const [key, child] of Object.entries(node)) if (key !== 'documentation') walk(child, inside)
  }
  walk(ast, '')
  const inOrder = (a: Item, b: Item): number => a.start - b.start || b.length - a.length
  return { statements: items.statements.sort(inOrder), conditions: items.conditions.sort(inOrder) }
}
