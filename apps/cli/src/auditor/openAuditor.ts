import { epochFileSchema, keccak, readArtefact, utf8, type Hex } from '@openledger/protocol'
import { sessionContent } from '../context/sessionContent.ts'
import type { Session } from '../context/Session.ts'
import { baseFile } from '../verbs/baseFile.ts'
import { epochFile } from '../verbs/epochFiles.ts'
import { findManifest } from '../verbs/findManifest.ts'
import { AnswerJudge } from './AnswerJudge.ts'
import { AuditorWatch } from './AuditorWatch.ts'

export type AuditorInput = {
  /** The auditor's key. */
  key: string
  /** The base's weight file, or the name of a stored model; default: the one whose hash the chain holds. */
  model?: string
  threads?: number
  sample?: boolean
  appeal?: boolean
  say(line: string): void
}

/** Opens an auditor's process over a data folder; the caller looks again and again, and closes it. */
export async function openAuditor(session: Session, { key, model, threads, ...options }: AuditorInput): Promise<{ watch: AuditorWatch; close(): Promise<void> }> {
  const { account, writer } = await session.actor(key)
  const content = sessionContent(session)
  const releases: (() => Promise<void>)[] = []
  const judge = new AnswerJudge({
    async engine(baseId) {
      const { AuditEngine } = await import('@openledger/audit')
      const { findModelFile, modelStoreOf } = await import('@openledger/engine')
      const { tinyModelPath } = await import('@openledger/tiny')
      const store = modelStoreOf(session.folder.root, process.env)
      const base = model === undefined ? await baseFile(session.reader, content, baseId, { packaged: tinyModelPath(), store }) : undefined
      if (base) releases.push(base.release)
      return AuditEngine.open({ content, modelPath: base?.path ?? (await findModelFile(store, model!)).path, threads }, { name: `the base ${baseId}`, cid: null })
    },
    manifest: (adapterId) => findManifest(session, content, adapterId),
    load: (engine, files) => engine.loadAdapter(content, files),
  })
  const watch = new AuditorWatch({
    writer,
    // Nobody can make the signature without the key, and the key makes it the same each time.
    salt: async (words): Promise<Hex> => keccak(utf8(await account.signMessage({ message: words }))),
    judge: (receipt, opening) => judge.judge(receipt, opening),
    epochFile: async (gateway, index) => {
      const bytes = await epochFile(session.reader, content, gateway, index)
      return bytes && readArtefact(epochFileSchema, bytes)
    },
    ...options,
  })
  return {
    watch,
    async close() {
      await judge.close()
      await Promise.all(releases.map((release) => release()))
    },
  }
}
