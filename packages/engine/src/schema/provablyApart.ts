import type { JsonType, SchemaNode } from './SchemaNode.ts'

const maxDepth = 8

/** Whether no document is valid under both nodes, as far as types, listed values and required properties show; false when in doubt. */
export function provablyApart(a: SchemaNode, b: SchemaNode, depth = 0): boolean {
  if (depth > maxDepth) return false
  if (a.kind === 'choice') return a.options.every((option) => provablyApart(option, b, depth + 1))
  if (b.kind === 'choice') return provablyApart(b, a, depth + 1)
  const [typeA, typeB] = [typeOfNode(a), typeOfNode(b)]
  if (typeA !== 'mixed' && typeB !== 'mixed' && typeA !== typeB) return true
  if (a.kind === 'scan' && b.kind === 'scan') {
    // The order of keys does not tell objects apart, so only values without any are compared by their text.
    const plain = (texts: readonly string[]): boolean => !texts.some((text) => text.includes('{'))
    return a.texts !== undefined && b.texts !== undefined && plain(a.texts) && plain(b.texts) && !a.texts.some((text) => b.texts!.includes(text))
  }
  if (a.kind === 'object' && b.kind === 'object') {
    return a.members.some((member) => {
      const other = b.members.find(({ key }) => key === member.key)
      return member.required && other !== undefined && other.required && provablyApart(member.value, other.value, depth + 1)
    })
  }
  return false
}

function typeOfNode(node: Exclude<SchemaNode, { kind: 'choice' }>): JsonType | 'mixed' {
  return node.kind === 'scan' ? node.type : node.kind
}
