import type { RecordView } from '@openledger/sdk'
import type { NodeApi } from '../context/NodeApi.ts'

/** All records of a datanet in the order of their arrival, page by page. @param status only those of this status */
export async function listRecords(node: Pick<NodeApi, 'records'>, datanetId: bigint, status?: string): Promise<RecordView[]> {
  const records: RecordView[] = []
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<NodeApi['records']>> = await node.records(datanetId.toString(), cursor)
    records.push(...page.items.filter((record) => status === undefined || record.status === status))
    cursor = page.next
  } while (cursor !== null)
  return records
}
