import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { canonicalJson } from '@openledger/protocol'
import { Backend, findNativeLibraries, loadGgml } from '@openledger/tensor'
import { writeTinyModel } from '../fixtures/writeTinyModel.ts'
import { loadModel } from '../model/loadModel.ts'
import { numericsProfile, profileHash } from './NumericsProfile.ts'

const folder = mkdtempSync(join(tmpdir(), 'openledger-profile-'))
const path = join(folder, 'tiny.gguf')
writeTinyModel(path)
afterAll(() => rmSync(folder, { recursive: true }))

function profileOf(variant: string | undefined, threads: number, kvType: 'F32' | 'F16') {
  const backend = new Backend(loadGgml({ variant }), threads)
  const model = loadModel(path, backend)
  const profile = numericsProfile(model, kvType)
  model.dispose()
  backend.dispose()
  return profile
}

describe('numericsProfile', () => {
  it('names everything that bits depend on, and not the threads, which they do not depend on', () => {
    const profile = profileOf(undefined, 1, 'F32')
    expect(Object.keys(profile).sort()).toEqual(['backend', 'batchInvariant', 'engineVersion', 'ggmlBuild', 'isaVariant', 'kernels', 'kvType', 'platform', 'weightHash', 'weightsBuffer'])
    expect(canonicalJson(profileOf(undefined, 2, 'F32'))).toBe(canonicalJson(profile))
    expect(profileHash(profileOf(undefined, 1, 'F16'))).not.toBe(profileHash(profile))
    const other = [...findNativeLibraries().cpu.keys()].find((name) => name === 'x64')
    if (other) expect(profileHash(profileOf(other, 1, 'F32'))).not.toBe(profileHash(profile))
  })
})
