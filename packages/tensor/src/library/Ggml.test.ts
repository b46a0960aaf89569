import { describe, expect, it } from 'vitest'
import { abi } from './abi.ts'
import { findNativeLibraries } from './findNativeLibraries.ts'
import { loadGgml } from './Ggml.ts'

describe('loadGgml', () => {
  it('loads the pinned build with the best CPU variant', () => {
    const { build } = loadGgml()
    expect(build).toMatchObject({ version: abi.ggml, release: abi.release, platform: `${process.platform}-${process.arch}` })
    expect(build.commit).toMatch(/^[0-9a-f]{7,40}$/)
  })

  it('loads a named variant beside the best one', () => {
    const variants = [...findNativeLibraries().cpu.keys()]
    const plain = variants.includes('x64') ? 'x64' : variants.sort()[0]!
    expect(loadGgml({ variant: plain }).build.variant).toBe(plain)
  })

  it('refuses an unknown variant and an unknown platform', () => {
    expect(() => loadGgml({ variant: 'z80' })).toThrow(expect.objectContaining({ code: 'VARIANT_UNKNOWN' }))
    expect(() => findNativeLibraries({ platform: 'cpm-z80' })).toThrow(expect.objectContaining({ code: 'NATIVE_MISSING' }))
  })

  it('refuses a variant that this processor lacks instructions for', () => {
    const { cpu } = findNativeLibraries()
    const { build } = loadGgml()
    if (!cpu.has('sapphirerapids') || build.variant === 'sapphirerapids') return
    expect(() => loadGgml({ variant: 'sapphirerapids' })).toThrow(expect.objectContaining({ code: 'VARIANT_UNSUPPORTED' }))
  })
})
