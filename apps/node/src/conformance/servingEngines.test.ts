import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll } from 'vitest'
import { EngineHost } from '@openledger/engine'
import { systemClock } from '../config/Clock.ts'
import { randomAdapters } from '../test/tinyAdapters.ts'
import { randomModel } from '../test/tinyModel.ts'
import { SglangServer } from '../test/SglangServer.ts'
import { VllmServer } from '../test/VllmServer.ts'
import type { UpstreamServer } from '../test/UpstreamServer.ts'
import { UpstreamEngine } from '../upstream/UpstreamEngine.ts'
import { describeServingEngine, type Subject } from './describeServingEngine.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'openledger-conformance-'))
const modelPath = await randomModel(folder)
const adapters = (await randomAdapters(modelPath, folder, 3)) as [string, string, string]
afterAll(() => rmSync(folder, { recursive: true }))

async function over(server: UpstreamServer, dialect: 'vllm' | 'sglang'): Promise<Subject> {
  const url = await server.start()
  const engine = new UpstreamEngine({ url, dialect, token: 'key', clock: systemClock })
  return { engine, modelPath, adapters, release: () => server.stop() }
}

describeServingEngine('EngineHost', async () => ({ engine: new EngineHost({ threads: 1 }), modelPath, adapters }))
describeServingEngine('UpstreamEngine over vLLM', () => over(new VllmServer({ modelPath, token: 'key' }), 'vllm'))
describeServingEngine('UpstreamEngine over SGLang', () => over(new SglangServer({ modelPath, token: 'key' }), 'sglang'))
describeServingEngine('UpstreamEngine over SGLang, new tokens alone, in pieces of bytes', () => over(new SglangServer({ modelPath, token: 'key', incremental: true, pieceBytes: 37 }), 'sglang'))
