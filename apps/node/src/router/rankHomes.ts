/** A number between 0 and 1 that depends on a text alone: FNV-1a with the finaliser of MurmurHash3, over 2³². */
function unit(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}

/**
 * The nodes that an adapter belongs to first, by weighted rendezvous hashing (Thaler and Ravishankar 1998; weights after Schindelhauer and Schomaker 2005):
 * each node is first for a part of adapters proportional to its weight, and a node that goes or comes moves no adapter but its own.
 * @returns the `count` first, best first
 */
export function rankHomes<Node extends { id: string }>(key: string, nodes: readonly Node[], weightOf: (node: Node) => number, count: number): Node[] {
  const best: { node: Node; rank: number }[] = []
  for (const node of nodes) {
    const rank = -weightOf(node) / Math.log(unit(`${key} ${node.id}`) || 2 ** -33)
    if (best.length === count && rank <= best.at(-1)!.rank) continue
    best.push({ node, rank })
    best.sort((a, b) => b.rank - a.rank)
    if (best.length > count) best.pop()
  }
  return best.map(({ node }) => node)
}
