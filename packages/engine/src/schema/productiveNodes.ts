import type { SchemaNode } from './SchemaNode.ts'

/** The schema of an array's item; null where there may be none. */
export function itemAt(node: SchemaNode & { kind: 'array' }, index: number): SchemaNode | null {
  return index < node.max ? (node.prefix[index] ?? node.rest) : null
}

/** The nodes that have a document at all: what only leads back to itself has none. */
export function productiveNodes(root: SchemaNode): Set<SchemaNode> {
  const all = new Set([root])
  for (const node of all) for (const child of childrenOf(node)) all.add(child)
  const productive = new Set<SchemaNode>()
  const isProductive = (node: SchemaNode): boolean => {
    if (node.kind === 'scan') return true
    if (node.kind === 'choice') return node.options.some((option) => productive.has(option))
    if (node.kind === 'object') return node.members.every(({ value, required }) => !required || productive.has(value))
    const needed = [...node.prefix.slice(0, node.min), ...(node.min > node.prefix.length ? [node.rest] : [])]
    return node.min <= node.max && needed.every((item) => item !== null && productive.has(item))
  }
  for (let before = -1; before < productive.size; ) {
    before = productive.size
    for (const node of all) if (!productive.has(node) && isProductive(node)) productive.add(node)
  }
  return productive
}

function childrenOf(node: SchemaNode): SchemaNode[] {
  if (node.kind === 'scan') return []
  if (node.kind === 'choice') return node.options
  const rest = node.rest ? [node.rest] : []
  return node.kind === 'array' ? [...node.prefix, ...rest] : [...node.members.map(({ value }) => value), ...rest]
}
