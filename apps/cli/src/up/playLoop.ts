import { fail, type Hex } from '@openledger/protocol'
import { runProgress } from '../output/runProgress.ts'
import { allowBuilder } from '../verbs/allowBuilder.ts'
import { ask } from '../verbs/ask.ts'
import { claim } from '../verbs/claim.ts'
import { contribute } from '../verbs/contribute.ts'
import { createDatanet } from '../verbs/createDatanet.ts'
import { deploy } from '../verbs/deploy.ts'
import { ensureFunds } from '../verbs/ensureFunds.ts'
import { openPayerChannel } from '../verbs/openPayerChannel.ts'
import { publish } from '../verbs/publish.ts'
import { seal } from '../verbs/seal.ts'
import { settle } from '../verbs/settle.ts'
import { train } from '../verbs/train.ts'
import type { Session } from '../context/Session.ts'
import { samplePlan } from './samplePlan.ts'
import type { FirstRunState } from './FirstRunState.ts'
import type { SampleRecord } from './sampleRecords.ts'
import type { StageReport } from './StageReport.ts'

/** What the loop is played with. */
export type LoopInput = { session: Session; state: FirstRunState; report: StageReport; records: ReadonlyMap<string, readonly SampleRecord[]>; recipe?: Record<string, number> }

/** Longer than a node may take for it. */
const attributionMs = 900_000

/** What a contributor, builder or node has been paid. */
export type Earned = { name: string; claimed: bigint }

/**
 * Plays the whole loop on the sample datanet: contribute, seal, train, publish, deploy, ask, settle, claim. Every step finds what an earlier,
 * interrupted call did and goes on from there.
 * @returns what each contributor was paid
 */
export async function playLoop({ session, state, report, records, recipe }: LoopInput): Promise<Earned[]> {
  const { datanet, licence, prices } = samplePlan

  const { datanetId } = await report.stage('datanet', async () => createDatanet(session, { ...datanet, owner: 'operator', consent: samplePlan.consent }))
  await report.stage('contribute', async (note) => {
    for (const [name, given] of records) {
      const { address } = await session.keys.ensure(name)
      await ensureFunds(session, address, 'operator')
      const contents = given.map(({ prompt, completion }) => ({ prompt, completion }))
      const { verdicts } = await contribute(session, { datanetId, contributor: name, records: contents, licence, consent: samplePlan.consent })
      const accepted = verdicts.filter((v) => v.status === 'accepted').length
      note(`${name} signed ${given.length} records, ${accepted} accepted`)
    }
  })
  await report.stage('seal', async (note) => {
    await allowBuilder(session, { datanetId, owner: 'operator', builder: 'builder' })
    const sealed = await seal(session, { datanetId, owner: 'operator' })
    note(`${sealed.recordCount} records of ${sealed.contributorCount} contributors in snapshot ${sealed.snapshotId.slice(0, 10)}`)
  })
  const run = await report.stage('train', async (note, progress) => {
    const done = await train(session, {
      name: samplePlan.model,
      datanetId,
      trainer: 'builder',
      recipe,
      onProgress: (r) => {
        if (r.tokensPerSecond > 0) report.measure('training tokens/s', r.tokensPerSecond)
        progress(runProgress(r))
      },
    })
    note(`loss on its records: base ${done.baseLoss?.toFixed(2)}, tuned ${done.tunedLoss?.toFixed(2)} nats a token`)
    return done
  })
  await report.stage('publish', async () => publish(session, { run: run.id, trainer: 'builder' }))
  const model = await report.stage('deploy', async (note) => {
    const base = await deploy(session, { model: { base: run.baseId }, owner: 'builder', ...prices })
    const tuned = await deploy(session, { model: { run: run.id }, owner: 'builder', ...prices })
    note(`${base.model} and ${tuned.model}`)
    return tuned.model
  })
  await report.stage('ask', async (note) => {
    await openPayerChannel(session, { payer: 'payer', amount: samplePlan.deposit })
    for (const question of samplePlan.questions.slice(state.progress.receipts.length)) {
      const { text, receiptId, view } = await ask(session, { model, question, payer: 'payer', maxTokens: 64, temperature: 0, deposit: samplePlan.deposit })
      const sources = [...new Set(view.sources.map((s) => s.contributorName ?? s.contributor))]
      note(`${question}\n      ${text.trim()}${sources.length > 0 ? `   [words of ${sources.join(', ')}]` : ''}`)
      await state.save({ receipts: [...state.progress.receipts, receiptId] })
    }
  })
  await report.stage('settle', async (note) => {
    // On a slow machine an answer may still be waiting for its attribution, and is settled only with it.
    for (const receiptId of state.progress.receipts) await session.node.attributed(receiptId as Hex, undefined, attributionMs)
    const epoch = await settle(session)
    const index = epoch?.index ?? (await session.node.epochs())[0]?.index
    if (index === undefined) fail('NOTHING_SETTLED', 'no paid answer was there to settle', { action: 'stop', fix: 'start again with an empty data folder' })
    note(epoch ? `epoch ${epoch.index}: ${epoch.receipts} receipts in ${epoch.lines} lines` : `epoch ${index} stands`)
  })
  return report.stage('claim', async (note) => {
    const earned: Earned[] = []
    for (const name of records.keys()) {
      const { claimed } = await claim(session, { payee: name })
      earned.push({ name, claimed })
    }
    note(`${earned.length} contributors were paid on the chain`)
    return earned
  })
}
