import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { findModelFile, modelStoreOf } from '@openledger/engine'
import { fail, networkSchema, OpenLedgerError, readArtefact } from '@openledger/protocol'
import { errorFields, jsonLog } from './config/Log.ts'
import { startNode } from './node/startNode.ts'

/*
 * A node in a process of its own, on a data folder that holds network.json:
 *   node --import tsx apps/node/src/main.ts --data .openledger --model <file or name of a stored model> [--name openledger-tiny] [--rpc URL] [--host H] [--port P] [--settle MS]
 * Says {"event":"ready","url":…} on standard output when it listens; stops on SIGINT or SIGTERM.
 */
const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '.openledger' },
    model: { type: 'string' },
    name: { type: 'string' },
    rpc: { type: 'string' },
    host: { type: 'string' },
    port: { type: 'string' },
    settle: { type: 'string' },
  },
})
const log = jsonLog()

async function main(): Promise<void> {
  const model = values.model ?? fail('NO_MODEL', 'no base model was named', { field: '--model', fix: 'name a GGUF file or a stored model' })
  const base = await findModelFile(modelStoreOf(values.data, process.env), model)
  const text = await readFile(path.join(values.data, 'network.json'), 'utf8').catch((cause: unknown) =>
    fail('NO_NETWORK', `${values.data} holds no network.json`, { cause, field: '--data', fix: 'deploy a ledger first, or fetch network.json from another node' }),
  )
  const node = await startNode({
    dataDir: values.data,
    network: readArtefact(networkSchema, text),
    rpcUrl: values.rpc,
    host: values.host,
    port: values.port === undefined ? undefined : Number(values.port),
    settlementMs: values.settle === undefined ? undefined : Number(values.settle),
    engine: { modelPath: base.path, modelName: values.name ?? base.name },
    log,
  })
  process.stdout.write(JSON.stringify({ event: 'ready', url: node.url }) + '\n')
  const stop = (): void => {
    void node.stop().then(() => process.exit(0))
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}

main().catch((error: unknown) => {
  log.error('node.failed', { ...errorFields(error), fix: error instanceof OpenLedgerError ? error.fix : undefined })
  process.exit(1)
})
