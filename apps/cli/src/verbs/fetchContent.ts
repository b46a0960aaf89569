import type { Session } from '../context/Session.ts'

/** A public file by its content id: from the data folder's content store, else from the node. Checked against the id either way. */
export async function fetchContent({ content, node }: Pick<Session, 'content' | 'node'>, cid: string): Promise<Uint8Array> {
  return (await content.has(cid)) ? content.get(cid) : node.content(cid)
}
