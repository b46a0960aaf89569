import { formatOpen } from '@openledger/protocol'
import type { LedgerEvent } from '@openledger/sdk'
import type { ChainEvent } from '../indexer/decodeLogs.ts'

const text = (value: unknown): string => (typeof value === 'string' ? value : String(value))
const open = (value: unknown): string => `${formatOpen(BigInt(text(value)))} OPEN`

const texts: { [name: string]: (args: ChainEvent['args']) => { id: string; text: string } } = {
  'Datanets.DatanetCreated': (a) => ({ id: text(a.datanetId), text: `datanet ${text(a.datanetId)} was created` }),
  'Datanets.ContributionRevealed': (a) => ({ id: text(a.contributionId), text: `${text(a.count)} records of datanet ${text(a.datanetId)} were revealed` }),
  'Datanets.SnapshotSealed': (a) => ({ id: text(a.snapshotId), text: `a snapshot of datanet ${text(a.datanetId)} was sealed` }),
  'Datanets.RecordRevoked': (a) => ({ id: text(a.recordId), text: 'a contributor withdrew a record' }),
  'Datanets.SnapshotMarked': (a) => ({ id: text(a.snapshotId), text: 'a snapshot was shown to hold a revoked record' }),
  'Models.AdapterRegistered': (a) => ({ id: text(a.adapterId), text: 'an adapter was registered' }),
  'Models.Deployed': (a) => ({ id: text(a.deploymentId), text: 'a model was deployed' }),
  'Channels.ChannelOpened': (a) => ({ id: text(a.channelId), text: 'a payment channel was opened' }),
  'Channels.Deposited': (a) => ({ id: text(a.channelId), text: `${open(a.amount)} were deposited` }),
  'Channels.Collected': (a) => ({ id: text(a.channelId), text: `${open(a.amount)} were collected` }),
  'Epochs.EpochPosted': (a) => ({ id: text(a.index), text: `epoch ${text(a.index)} stands on the chain` }),
  'Epochs.EpochVoided': (a) => ({ id: text(a.index), text: `epoch ${text(a.index)} was disproved` }),
  'InclusionCourt.InclusionSummoned': (a) => ({ id: text(a.receiptId), text: 'a gateway was summoned to show a receipt that it promised to settle' }),
  'InclusionCourt.InclusionShown': (a) => ({ id: text(a.receiptId), text: 'a promised receipt was shown to the court' }),
  'InclusionCourt.PromiseBroken': (a) => ({ id: text(a.receiptId), text: 'a gateway was convicted of leaving out a receipt that it promised to settle' }),
  'Estates.ClaimFiled': (a) => ({ id: text(a.receiptId), text: 'a promised receipt of a silent gateway was claimed' }),
  'Estates.ClaimAttributed': (a) => ({ id: text(a.receiptId), text: 'a claimed receipt was given its attribution' }),
  'Estates.ClaimRefuted': (a) => ({ id: text(a.receiptId), text: 'a claim to a receipt that was settled before was refuted' }),
  'Estates.EstateOpened': (a) => ({ id: text(a.gateway), text: `a silent gateway was closed; it left ${open(a.coins)} undivided` }),
  'Estates.ChannelRefunded': (a) => ({ id: text(a.channelId), text: `${open(a.amount)} of a closed gateway went back to a payer` }),
  'AttributionCourt.Summoned': (a) => ({ id: text(a.receiptId), text: 'a node was summoned to show an attribution' }),
  'AttributionCourt.AttributionShown': (a) => ({ id: text(a.receiptId), text: 'an attribution was shown to the court' }),
  'AttributionCourt.Convicted': (a) => ({ id: text(a.receiptId), text: 'a node was convicted of a wrong or missing attribution' }),
  'AttributionCourt.Acquitted': (a) => ({ id: text(a.receiptId), text: 'an accusation of an attribution failed' }),
  'Epochs.Claimed': (a) => ({ id: text(a.payee), text: `${open(a.amount)} were claimed` }),
}

/** A chain event as a line for people; undefined for events that nobody watches. */
export function describeChainEvent(event: ChainEvent & { time: number }): LedgerEvent | undefined {
  const describe = texts[event.name]
  return describe && { at: event.time, kind: event.name, ...describe(event.args) }
}
