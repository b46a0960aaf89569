import type { AnswerDetailView, AnswerView, PaymentsView } from '@openledger/sdk'
import { clockTime, openAmount } from '../parts/format.ts'
import { Hash } from '../parts/Hash.tsx'
import { ShareBar } from '../parts/ShareBar.tsx'
import { SourceText } from '../parts/SourceText.tsx'
import { Table } from '../parts/Table.tsx'
import { operatorToken } from '../state/api.ts'
import { useResource } from '../state/useResource.ts'
import { ShapingRecords } from './ShapingRecords.tsx'

type Messages = { role: string; content: string }[]

function Conversation({ id }: { id: string }) {
  const { value, error } = useResource<AnswerDetailView>(`/api/receipts/${id}/view`)
  if (!value) return <p class="quiet">{error ?? 'loading'}</p>
  const contributors = value.influence.map((i) => i.contributor)
  return (
    <>
      {(value.messages as Messages).map((m) => (
        <p>
          <span class="quiet">{m.role}</span> {m.content}
        </p>
      ))}
      <SourceText text={value.text} spans={value.sources} contributors={contributors} />
      <Table
        headings={['words', 'record', 'contributor', 'later copies']}
        rows={value.sources.map((s) => [s.text, <a href={`#/records/${s.recordId}`}>{s.recordId.slice(0, 10)}</a>, s.contributorName ?? <Hash value={s.contributor} />, s.copies])}
        empty={value.attribution.status === 'pending' ? 'Its sources are being looked for.' : 'No run of words of this answer stands in a record clear of chance.'}
      />
    </>
  )
}

/** What a payee without a name is to this answer. */
function roleOf(answer: AnswerView, payee: string): string | undefined {
  return answer.shares.find((share) => share.payee.toLowerCase() === payee.toLowerCase())?.role
}

function Payments({ answer }: { answer: AnswerView }) {
  const { value } = useResource<PaymentsView>(`/api/receipts/${answer.receiptId}/payments`)
  if (!value) return null
  const { epoch, paid } = value
  return (
    <section class="card" id="payments">
      <h3>The payment it caused</h3>
      <p>
        Paid with {openAmount(paid.fee)} by {paid.payer ? <a href={`#/money/${paid.payer}`}>{paid.payer.slice(0, 10)}…</a> : 'somebody'} from channel <Hash value={paid.channelId} />
        {paid.collected ? (
          <>
            , collected in <Hash value={paid.collected} />
          </>
        ) : (
          ', not collected yet'
        )}
        .
      </p>
      <p>
        {epoch ? (
          <>
            <a href={`#/payouts/${epoch.index}`}>Epoch {epoch.index}</a>, {epoch.final ? 'final' : 'in its dispute window'}, posted in transaction <Hash value={epoch.transaction} />
          </>
        ) : (
          'Not settled yet: the next epoch takes it in once its voucher is there.'
        )}
      </p>
      <Table
        headings={['payee', 'amount', 'line', 'claimed']}
        rows={value.lines.map((l) => [
          <a href={`#/money/${l.payee}`}>{l.name ?? roleOf(answer, l.payee) ?? `${l.payee.slice(0, 10)}…`}</a>,
          <span class="amount">{openAmount(l.amount)}</span>,
          l.line ?? '',
          l.claim ? (
            <>
              yes, in <Hash value={l.claim.transaction} />
            </>
          ) : (
            'not yet'
          ),
        ])}
        empty="This answer pays nobody."
      />
    </section>
  )
}

/** Whose data shaped the answer, as far as it is known. */
function Influence({ answer }: { answer: AnswerView }) {
  const { status, deadline, at, method, lds, error } = answer.attribution
  const parts = answer.influence.filter((i) => i.sharePpm > 0).map((i) => ({ name: i.name ?? i.contributor.slice(0, 8), ppm: i.sharePpm }))
  if (status === 'none') return <p class="quiet">There is nothing to attribute.</p>
  if (status === 'pending') return <p class="quiet">It is being measured. The node has until {clockTime(deadline ?? 0)}; if it misses that, its part of the fee goes to the contributors.</p>
  if (status === 'failed') return <p class="error">The node did not say it in time ({error}). Its part of the fee went to the contributors, divided by training weight.</p>
  return (
    <>
      <ShareBar parts={parts} restLabel="not supported by evidence: divided by training weight" />
      <p class="quiet">
        {method === null ? 'Measured' : `Measured by ${method}`}, signed at {clockTime(at ?? answer.time)}
        {lds && `. On the public bank of retrainings its scores had a rank correlation of ${(lds.heldOutPpm / 1e6).toFixed(3)} with what leaving the data out really did (${(lds.generatedPpm / 1e6).toFixed(3)} for the model’s own answers)`}
      </p>
    </>
  )
}

/** One answer: the text with its sources, whose data shaped it, the receipt, and the payments it caused. */
export function AnswerPage({ id }: { id: string }) {
  const { value, error } = useResource<AnswerView>(`/api/receipts/${id}/summary`)
  if (!value) return <p class={error ? 'error' : 'quiet'}>{error ?? 'loading'}</p>
  return (
    <>
      <section class="card">
        <h3>Answer by {value.model}</h3>
        {operatorToken() ? <Conversation id={id} /> : <p class="quiet">Question and answer belong to the client and the node; open this page from the link that the node printed.</p>}
      </section>
      <h2>Whose data shaped it</h2>
      <Influence answer={value} />
      {operatorToken() && value.attribution.status !== 'none' ? <ShapingRecords id={id} /> : null}
      <div class="cards" style={{ marginTop: '16px' }}>
        <section class="card">
          <h3>Receipt</h3>
          <dl>
            <dt>receipt</dt>
            <dd>
              <Hash value={value.receiptId} />
            </dd>
            <dt>time</dt>
            <dd>{clockTime(value.time)}</dd>
            <dt>tokens</dt>
            <dd>
              {value.inputTokens} in, {value.outputTokens} out
            </dd>
            <dt>fee</dt>
            <dd>{openAmount(value.fee)}</dd>
            <dt>check it</dt>
            <dd>
              <code>openledger audit {value.receiptId.slice(0, 12)}</code>
            </dd>
          </dl>
        </section>
        <Payments answer={value} />
      </div>
    </>
  )
}
