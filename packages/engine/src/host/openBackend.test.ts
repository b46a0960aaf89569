import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { keccak, type Sampling } from '@openledger/protocol'
import { listDevices, loadGgml } from '@openledger/tensor'
import { writeTinyModel } from '../fixtures/writeTinyModel.ts'
import { EngineHost } from './EngineHost.ts'
import { openBackend } from './openBackend.ts'

const folder = mkdtempSync(join(tmpdir(), 'openledger-device-'))
const path = join(folder, 'tiny.gguf')
writeTinyModel(path, { headWidth: 64, heads: 2, kvHeads: 1 })
afterAll(() => rmSync(folder, { recursive: true }))
const needs = { slots: 4, positions: 128, kvType: 'F16', adapterBytes: 2 ** 20 } as const
const sampling: Sampling = { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, maxTokens: 3, stop: [], seed: keccak(new Uint8Array([1])) }
const others = listDevices(loadGgml()).devices.filter(({ kind }) => kind !== 'cpu')
if (others.length === 0) console.info('no device but the processor to open')

describe('openBackend', () => {
  it('takes the processor when nothing else has room for the adapters', () => {
    const backend = openBackend(path, { ...needs, device: 'auto', adapterBytes: 2 ** 60 })
    expect(backend.kind).toBe('cpu')
    backend.dispose()
  })

  it('opens each device by its name', () => {
    for (const { id } of others) {
      const backend = openBackend(path, { ...needs, device: id })
      expect(backend.device.id).toBe(id)
      backend.dispose()
    }
  })
})

describe('EngineHost on a device', () => {
  it('says what computes, and that the processor can compute it again bit for bit', async () => {
    const host = new EngineHost({ device: 'cpu', slots: 2, positions: 128 })
    const info = await host.loadModel(path)
    expect(info.device).toMatchObject({ id: 'cpu' })
    expect(info.profile).toMatchObject({ backend: 'CPU', batchInvariant: true })
    expect(info.profile).not.toHaveProperty('exactReplay')
    expect(host.capabilities).toMatchObject({ exactReplay: true, seeds: true })
    await host.close()
  })

  it('refuses a device that it does not know', async () => {
    const host = new EngineHost({ device: 'abacus' })
    await expect(host.loadModel(path)).rejects.toMatchObject({ code: 'DEVICE_NAME' })
    await host.close()
  })

  it.skipIf(others.length === 0)('promises no equal bits of another device', async () => {
    const host = new EngineHost({ device: others[0]?.id ?? 'cpu', slots: 2, positions: 128, kvType: 'F16' })
    const info = await host.loadModel(path)
    expect(info.profile).toMatchObject({ backend: others[0]!.kind, isaVariant: others[0]!.name, batchInvariant: false, exactReplay: false })
    expect(host.capabilities).toMatchObject({ exactReplay: false, seeds: false })
    const answer = await host.generate({ adapterId: null, promptTokens: [5, 6, 7], sampling })
    expect(answer.tokens.length).toBeGreaterThan(0)
    await host.close()
  }, 120_000)
})
