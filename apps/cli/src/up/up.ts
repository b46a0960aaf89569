import { mkdir } from 'node:fs/promises'
import { checkDataFolder, jsonLog, lockDataFolder, s3Settings, startNode, type NodeHandle, type UpstreamOptions } from '@openledger/node'
import { fail, formatOpen } from '@openledger/protocol'
import { closeAll } from '../context/closeAll.ts'
import { openSession } from '../context/Session.ts'
import { dataFolder } from '../context/dataFolder.ts'
import type { GlobalOptions } from '../context/options.ts'
import type { Output } from '../output/Output.ts'
import { auditLoop } from './auditLoop.ts'
import { chooseBase, type ChosenBase } from './chooseBase.ts'
import { ensureBase } from './ensureBase.ts'
import { localApiKey } from './localApiKey.ts'
import { FirstRunState } from './FirstRunState.ts'
import { openLogFile } from './openLogFile.ts'
import { playLoop, type Earned } from './playLoop.ts'
import { samplePlan } from './samplePlan.ts'
import { sampleRecords } from './sampleRecords.ts'
import { StageReport, type StageTime } from './StageReport.ts'
import { startLedger, type StartedLedger } from './startLedger.ts'
import { type ServingFlags, servingOptions } from './servingOptions.ts'

export type UpOptions = GlobalOptions & ServingFlags & {
  host?: string
  port?: number
  /** More names by which the node may be called. */
  hosts?: readonly string[]
  /** Pages of these origins may call the API from a browser. */
  origins?: readonly string[]
  rpc?: string
  /** postgres://user:password@host:5432/name */
  database?: string
  /** s3://bucket/prefix */
  content?: string
  s3Style?: 'path' | 'host'
  chainPort?: number
  /** Seconds between settlements; 0 settles on demand alone. */
  epochSeconds: number
  /** Seconds; for new contracts. */
  disputeWindow: number
  /** Play the loop on the sample datanet when the folder is new. */
  sample: boolean
  /** False: this process computes no answers; nodes that join do. */
  answers?: boolean
  model?: string
  /** A server that computes the answers, and how it is spoken to. */
  upstream?: string
  dialect?: UpstreamOptions['dialect']
  upstreamModel?: string
  /** What lies under the first of two folders here lies under the second there: "from:to". */
  upstreamPaths?: { from: string; to: string }
  upstreamAdapters?: number
  /** False: this machine computes no gradients, and serves no adapter. */
  upstreamGradients?: boolean
  /** Labelled records to play the loop on, in place of the sample datanet. */
  sampleFile?: string
  /** Passes of training over them; default: the recipe's. */
  sampleEpochs?: number
}

/** A ledger that runs: stop it to end node and chain. */
export type Up = { url: string; operatorToken: string; apiKey: string; times: StageTime[]; figures: ReadonlyMap<string, number>; earned: Earned[]; verdict: string | undefined; stop(): Promise<void> }

function upstreamOptions({ upstream, dialect, upstreamModel, upstreamPaths, upstreamAdapters, upstreamGradients }: UpOptions): UpstreamOptions | undefined {
  if (upstream === undefined) return undefined
  if (dialect === undefined) return fail('NO_DIALECT', 'an upstream server is spoken to as vLLM or SGLang', { field: '--dialect', fix: 'add --dialect vllm or --dialect sglang' })
  return { url: upstream, dialect, model: upstreamModel, pathMap: upstreamPaths, maxAdapters: upstreamAdapters, gradients: upstreamGradients === false ? 'none' : 'local' }
}

async function runNode(started: StartedLedger, base: ChosenBase, options: UpOptions, lock: Awaited<ReturnType<typeof lockDataFolder>>, log: ReturnType<typeof jsonLog>): Promise<NodeHandle> {
  const { network, keys } = started
  const threads = options.threads
  return startNode({
    dataDir: dataFolder(options.data).root,
    network,
    engine: { modelPath: base.path, modelName: base.name, serving: servingOptions(options), training: { threads }, upstream: upstreamOptions(options) },
    host: options.host,
    port: options.port,
    hosts: options.hosts,
    origins: options.origins,
    database: options.database,
    content: options.content === undefined ? undefined : s3Settings(options.content, process.env, options.s3Style && { pathStyle: options.s3Style === 'path' }),
    keys: { node: keys.node, gateway: keys.gateway },
    lock,
    settlementMs: options.epochSeconds * 1000,
    answersHere: options.answers !== false,
    log,
  })
}

/**
 * Brings up everything on one data folder: chain, contracts, stakes, node, page; on a new folder it plays the loop on the sample datanet and
 * audits it. Interrupted at any point and called again, it goes on from there.
 */
export async function up(options: UpOptions, output: Output): Promise<Up> {
  const folder = dataFolder(options.data)
  const report = new StageReport(output)
  await mkdir(folder.root, { recursive: true, mode: 0o700 })
  const lock = await lockDataFolder(folder.root)
  const closers: (() => Promise<unknown>)[] = [() => lock.release()]
  const stop = (): Promise<void> => closeAll(closers)
  try {
    await checkDataFolder(folder.root)
    const base = await chooseBase(folder.root, options.model, process.env)
    const log = await openLogFile(folder.root)
    closers.push(() => log.close())
    const started = await report.stage('start', async (note) => {
      const { rpc: rpcUrl, chainPort, disputeWindow } = options
      const ledger = await startLedger({ folder, rpcUrl, chainPort, disputeWindow, onNote: note, onChainLog: log.line })
      closers.push(async () => ledger.chain?.stop())
      return ledger
    })
    const node = await report.stage('node', async (note) => {
      const handle = await runNode(started, base, options, lock, jsonLog(log.line))
      closers.push(() => handle.stop())
      note(`listening at ${handle.url}`)
      return handle
    })
    const state = await FirstRunState.open(folder.root)
    let earned: Earned[] = []
    const session = await openSession({ ...options, url: node.url }, output)
    const { base: loaded } = await session.node.nodeInfo()
    await ensureBase(session, loaded.id, loaded.commitment.weightHash)
    if (options.sample && !state.done) {
      earned = await playLoop({ session, state, report, records: await sampleRecords(options.sampleFile), recipe: { epochs: options.sampleEpochs ?? samplePlan.epochs } })
      for (const { name, claimed } of earned) output.field(name, `${formatOpen(claimed)} OPEN`)
      await state.save({ verdict: await auditLoop(session, state, report) })
    }
    const apiKey = await localApiKey(session, node.url, node.operatorToken, samplePlan.deposit)
    return { url: node.url, operatorToken: node.operatorToken, apiKey, times: report.times, figures: report.figures, earned, verdict: state.progress.verdict, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
