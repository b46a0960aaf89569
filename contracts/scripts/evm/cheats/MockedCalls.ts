import { bytesToHex, bytesToUnprefixedHex, type Address } from '@ethereumjs/util'

type Mock = { data: Uint8Array; answer: Uint8Array }

/** Answers that stand for what contracts would say. */
export class MockedCalls {
  private readonly byTarget: Map<string, readonly Mock[]>

  constructor(byTarget = new Map<string, readonly Mock[]>()) {
    this.byTarget = byTarget
  }

  copy(): MockedCalls {
    return new MockedCalls(new Map(this.byTarget))
  }

  add(target: Address, data: Uint8Array, answer: Uint8Array): void {
    const key = bytesToUnprefixedHex(target.bytes)
    const others = (this.byTarget.get(key) ?? []).filter((mock) => bytesToHex(mock.data) !== bytesToHex(data))
    // The one that says the most of the call is asked first.
    this.byTarget.set(key, [...others, { data, answer }].sort((a, b) => b.data.length - a.data.length))
  }

  /** What a call with this data is answered, or undefined. */
  answerTo(target: Address | undefined, data: Uint8Array): Uint8Array | undefined {
    if (this.byTarget.size === 0 || target === undefined) return undefined
    const begins = ({ data: head }: Mock): boolean => head.length <= data.length && head.every((byte, i) => byte === data[i])
    return this.byTarget.get(bytesToUnprefixedHex(target.bytes))?.find(begins)?.answer
  }
}
