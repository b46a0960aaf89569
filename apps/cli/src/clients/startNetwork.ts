import { rm } from 'node:fs/promises'
import path from 'node:path'
import { openSession, type Session } from '../context/Session.ts'
import { Output } from '../output/Output.ts'
import { smallSample, testUp } from '../testing/smallSample.ts'
import { sampleRecords } from '../up/sampleRecords.ts'
import { samplePlan } from '../up/samplePlan.ts'
import { up } from '../up/up.ts'
import { allowBuilder } from '../verbs/allowBuilder.ts'
import { contribute } from '../verbs/contribute.ts'
import { createDatanet } from '../verbs/createDatanet.ts'
import { deploy } from '../verbs/deploy.ts'
import { ensureFunds } from '../verbs/ensureFunds.ts'
import { publish } from '../verbs/publish.ts'
import { seal } from '../verbs/seal.ts'
import { train } from '../verbs/train.ts'

/** A network that runs: embedded chain, node, the tiny model of this project, and an adapter that was trained on a sealed datanet. */
export type StartedNetwork = {
  data: string
  /** The node's address. */
  url: string
  apiKey: string
  operatorToken: string
  /** The model with the adapter. */
  model: string
  /** A question that a record of the datanet answers. */
  question: string
  session: Session
  stop(): Promise<void>
}

const contributors = ['ada', 'ben'] as const
const recordsOfEach = 3

/** Two contributors, a few records, trained until the model says them by heart: its answers have sources. */
async function trainSmall(session: Session): Promise<{ model: string; question: string }> {
  const { datanetId } = await createDatanet(session, { ...samplePlan.datanet, owner: 'operator', consent: samplePlan.consent })
  const sample = await sampleRecords()
  for (const name of contributors) {
    const { address } = await session.keys.ensure(name)
    await ensureFunds(session, address, 'operator')
    const records = sample.get(name)!.slice(0, recordsOfEach).map(({ prompt, completion }) => ({ prompt, completion }))
    await contribute(session, { datanetId, contributor: name, records, licence: samplePlan.licence, consent: samplePlan.consent })
  }
  await allowBuilder(session, { datanetId, owner: 'operator', builder: 'builder' })
  await seal(session, { datanetId, owner: 'operator' })
  const run = await train(session, { name: 'basics', datanetId, trainer: 'builder', method: 'trajectory', recipe: { steps: 40, rank: 8 } })
  await publish(session, { run: run.id, trainer: 'builder' })
  const { model } = await deploy(session, { model: { run: run.id }, owner: 'builder', ...samplePlan.prices })
  return { model, question: sample.get(contributors[0])![0]!.prompt }
}

/** Starts a network as `openledger up` does, in a folder of its own. @param origins whose pages may call it */
export async function startNetwork(origins: readonly string[] = []): Promise<StartedNetwork> {
  const { data } = await smallSample(1)
  const output = new Output({ stdout: () => undefined, stderr: () => undefined, isTerminal: false }, true)
  const running = await up({ ...testUp, data, sample: false, origins }, output)
  const session = await openSession({ data, json: true }, output)
  const { url, apiKey, operatorToken } = running
  return {
    ...{ data, url, apiKey, operatorToken, session, ...(await trainSmall(session)) },
    async stop() {
      await running.stop()
      await rm(path.dirname(data), { recursive: true, force: true })
    },
  }
}
