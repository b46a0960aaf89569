import { fail, type Hex } from '@openledger/protocol'
import type { Session } from '../context/Session.ts'
import { onlyMatch, ReceiptBook } from './ReceiptBook.ts'

const mostPages = 200

/** The receipt whose id begins like this, at the node; undefined when there is none. */
export async function findReceiptAtNode({ node }: Pick<Session, 'node'>, prefix: string): Promise<Hex | undefined> {
  const ids: Hex[] = []
  let cursor: string | null = null
  for (let page = 0; page < mostPages; page++) {
    const list: Awaited<ReturnType<Session['node']['receipts']>> = await node.receipts(cursor)
    ids.push(...list.items.map((item) => item.receiptId))
    cursor = list.next
    if (cursor === null) break
  }
  return onlyMatch(ids, prefix)
}

/** A receipt by its id or the beginning of it: among those of this data folder, then at the node. Fails with UNKNOWN_RECEIPT. */
export async function findReceipt(session: Pick<Session, 'node' | 'folder'>, prefix: string): Promise<Hex> {
  const kept = await new ReceiptBook(session.folder.receipts).find(prefix)
  const found = kept ?? (await findReceiptAtNode(session, prefix))
  return found ?? fail('UNKNOWN_RECEIPT', `no receipt begins with ${prefix.slice(0, 80)}`, { fix: 'see openledger receipt for the latest ones' })
}
