import { rm } from 'node:fs/promises'
import path from 'node:path'
import { openSession, type Session } from '../context/Session.ts'
import { Output } from '../output/Output.ts'
import { smallSample, testUp } from '../testing/smallSample.ts'
import { up } from '../up/up.ts'
import { chooseModel } from '../verbs/chooseModel.ts'

/** A network that runs: embedded chain, node, and the tiny model trained on a part of the sample datanet. */
export type StartedNetwork = {
  data: string
  /** The node's address. */
  url: string
  apiKey: string
  operatorToken: string
  /** The model with the adapter. */
  model: string
  session: Session
  stop(): Promise<void>
}

/** Starts a network as `openledger up` does, in a folder of its own. */
export async function startNetwork(): Promise<StartedNetwork> {
  const { data, sampleFile } = await smallSample(4)
  const output = new Output({ stdout: () => undefined, stderr: () => undefined, isTerminal: false }, true)
  const running = await up({ ...testUp, data, sampleFile }, output)
  const session = await openSession({ data, json: true }, output)
  const { url, apiKey, operatorToken } = running
  return {
    ...{ data, url, apiKey, operatorToken, session, model: await chooseModel(session) },
    async stop() {
      await running.stop()
      await rm(path.dirname(data), { recursive: true, force: true })
    },
  }
}
