import type { Artifact } from './Artifact.ts'

/** Finds the contract that code belongs to. */
export class CodeIndex {
  private readonly byLength = new Map<number, Artifact[]>()
  private readonly artifacts: readonly Artifact[]

  constructor(artifacts: readonly Artifact[]) {
    this.artifacts = artifacts
    for (const artifact of artifacts) {
      const { length } = artifact.runtime.bytes
      this.byLength.set(length, [...(this.byLength.get(length) ?? []), artifact])
    }
  }

  /** The contract whose deployed code this is, whatever its immutable values are. */
  ofRuntime(code: Uint8Array): Artifact | undefined {
    return this.byLength.get(code.length)?.find(({ runtime: { bytes, immutables } }) => {
      const isValue = (at: number): boolean => immutables.some(({ start, length }) => at >= start && at < start + length)
      return bytes.every((byte, at) => byte === code[at] || isValue(at))
    })
  }

  /** The contract whose creation code this is, whatever arguments follow it: the longest that fits. */
  ofCreation(code: Uint8Array): Artifact | undefined {
    const begins = ({ creation: { bytes } }: Artifact): boolean => bytes.length <= code.length && bytes.every((byte, at) => byte === code[at])
    return this.artifacts.filter(begins).sort((a, b) => b.creation.bytes.length - a.creation.bytes.length)[0]
  }
}
