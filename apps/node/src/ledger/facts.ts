import type { Address } from 'viem'
import type { ConsentTerms, Hex, Json } from '@openledger/protocol'

/*
 * Everything that this node must remember and cannot derive again, one type for each kind of journal entry. Amounts are decimal strings.
 * These shapes are on disk: fields may be added, never changed.
 */

export type Verdict = { recordId: Hex; status: 'accepted' | 'review' | 'rejected' | 'duplicate'; reasons: string[]; duplicateOf: Hex | null }

export type Facts = {
  metadata: { datanetId: string; name: string; description: string; cid: string }
  /** A contribution that was checked and judged; its bundle is the file `cid`. */
  contribution: { id: Hex; datanetId: string; contributor: Address; commitment: Hex; count: number; licence: string; consent: ConsentTerms; cid: string; verdicts: Verdict[] }
  /** A person's decision on one record. */
  review: { datanetId: string; contributionId: Hex; recordId: Hex; status: 'accepted' | 'rejected'; reason: string; by: string }
  /** A person's decision that a record is no copy, or (not `distinct`) the end of such a decision. */
  appeal: { datanetId: string; contributionId: Hex; recordId: Hex; distinct: boolean; reason: string; by: string }
  /** A snapshot that was put together; it counts when the owner has sealed it on the chain. */
  snapshot: { id: Hex; datanetId: string; statement: Json; cid: string; records: { recordId: Hex; contributor: Address }[] }
  run: { id: string; name: string; trainer: Address; baseId: Hex; snapshotIds: Hex[]; request: Json }
  runState: { id: string; status: 'running' | 'stopped' | 'failed' | 'done'; result?: Json; error?: string; adapterId?: Hex }
  publication: { id: string; adapterId: Hex; manifest: string }
  deployment: { id: Hex; model: string; adapterId: Hex; owner: Address; statement: Json; signature: Hex }
  /** An answer that was served: the bundle belongs to the payer and the node; `view` is what lists show of it. */
  receipt: {
    id: Hex
    node: Address
    nonce: string
    channelId: Hex
    deploymentId: Hex
    model: string
    fee: string
    /** What the channel owes in all, this answer included. */
    channelTotal: string
    time: number
    shares: { payee: Address; amount: string }[]
    bundle: Json
    view: Json
  }
  /** An answer's attribution, signed: takes the place of what its receipt had left open. `view` is what it changes in the answer's view. */
  attribution: {
    receiptId: Hex
    statement: Json
    signature: Hex
    document: Json
    queryVector: string
    contributors: Json
    shares: { payee: Address; amount: string }[]
    method: string
    view: Json
  }
  /** An answer was not attributed by its deadline: the shares of its receipt hold, and its node loses its part. */
  attributionFailed: { receiptId: Hex; node: Address; reason: string }
  voucher: { channelId: Hex; cumulative: string; signature: Hex }
  /** What the gateway signed about a receipt that a voucher pays for: it is settled by then (Unix seconds). */
  promise: { receiptId: Hex; channelId: Hex; gateway: Address; fee: string; includeBy: number; signature: Hex }
  /** An epoch that was put together; from here on exactly these vouchers are collected and exactly this file is posted. */
  epoch: {
    gateway: Address
    index: number
    cid: string
    dataHash: Hex
    receiptsRoot: Hex
    linesRoot: Hex
    balancesRoot: Hex
    total: string
    lineCount: number
    receiptCount: number
    vouchers: { channelId: Hex; cumulative: string; signature: Hex }[]
  }
  epochPosted: { gateway: Address; index: number }
  /** The epoch does not stand, or was never posted: its receipts wait for the next one. */
  epochVoided: { gateway: Address; index: number }
}

export type FactType = keyof Facts

/** A fact with its place in the journal and its time (Unix milliseconds). */
export type Fact = { [T in FactType]: { seq: number; time: number; type: T; data: Facts[T] } }[FactType]
