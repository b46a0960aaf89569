import { formatOpen } from '@openledger/protocol'
import type { LedgerEvent } from '@openledger/sdk'
import type { Fact } from '../ledger/facts.ts'

const texts: { [K in Fact['type']]: (data: Extract<Fact, { type: K }>['data']) => { id: string; text: string } } = {
  metadata: (d) => ({ id: d.datanetId, text: `datanet ${d.datanetId} is called ${d.name}` }),
  contribution: (d) => ({ id: d.id, text: `${d.count} records were contributed to datanet ${d.datanetId}` }),
  review: (d) => ({ id: d.recordId, text: `a record was ${d.status}` }),
  appeal: (d) => ({ id: d.recordId, text: d.distinct ? 'a curator found that a record is no copy' : 'a curator left a record to the clusters again' }),
  snapshot: (d) => ({ id: d.id, text: `a snapshot of datanet ${d.datanetId} with ${d.records.length} records was put together` }),
  run: (d) => ({ id: d.id, text: `training run ${d.name} was queued` }),
  runState: (d) => ({ id: d.id, text: `the training run is ${d.status}` }),
  publication: (d) => ({ id: d.id, text: 'an adapter was published' }),
  deployment: (d) => ({ id: d.id, text: `${d.model} is served` }),
  receipt: (d) => ({ id: d.id, text: `${d.model} answered for ${formatOpen(BigInt(d.fee))} OPEN` }),
  attribution: (d) => ({ id: d.receiptId, text: `an answer was attributed by ${d.method}` }),
  attributionFailed: (d) => ({ id: d.receiptId, text: `node ${d.node.slice(0, 8)} did not attribute an answer in time and lost its part of the fee` }),
  voucher: (d) => ({ id: d.channelId, text: `a payer signed for ${formatOpen(BigInt(d.cumulative))} OPEN` }),
  promise: (d) => ({ id: d.receiptId, text: `the gateway promised to settle an answer by ${new Date(1000 * d.includeBy).toISOString()}` }),
  epoch: (d) => ({ id: String(d.index), text: `epoch ${d.index} with ${d.receiptCount} answers was put together` }),
  epochPosted: (d) => ({ id: String(d.index), text: `epoch ${d.index} was posted` }),
  epochVoided: (d) => ({ id: String(d.index), text: `epoch ${d.index} was voided` }),
}

/** A fact as a line for people. */
export function describeFact(fact: Fact): LedgerEvent {
  const describe = texts[fact.type] as (data: Fact['data']) => { id: string; text: string }
  return { at: Math.floor(fact.time / 1000), kind: fact.type, ...describe(fact.data) }
}
