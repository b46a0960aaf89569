import { keccak256 } from 'viem'
import { afterAll, describe, expect, it } from 'vitest'
import { removeFolders, temporaryFolder } from '../testing/TestChain.ts'
import { ChainStore, type BlockCommit } from './ChainStore.ts'

afterAll(removeFolders)

const hashOf = (bytes: Uint8Array): Uint8Array => keccak256(bytes, 'bytes')
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const node = Uint8Array.of(1, 2, 3)
const code = Uint8Array.of(0x60, 0)
const commit = (change: Partial<BlockCommit> = {}): BlockCommit => ({
  number: 1,
  hash: hashOf(Uint8Array.of(1)),
  block: Uint8Array.of(0xc0),
  receipts: Uint8Array.of(0xc0),
  bloom: undefined,
  transactionHashes: [hashOf(Uint8Array.of(2))],
  nodes: new Map([[hexOf(hashOf(node)), node], [`63${hexOf(hashOf(code))}`, code]]),
  settledSequences: [],
  ...change,
})

describe('the store', () => {
  it('keeps a block, its state and the journal over a restart', async () => {
    const folder = temporaryFolder()
    const store = ChainStore.open(folder, hashOf)
    store.changeJournal({ added: [{ sequence: 7, raw: Uint8Array.of(7) }, { sequence: 9, raw: Uint8Array.of(9) }], removed: [] })
    store.commitBlock(commit({ settledSequences: [7] }))
    await store.close()
    const again = ChainStore.open(folder, hashOf)
    expect(again.headNumber()).toBe(1)
    expect(again.numberOf(commit().hash)).toBe(1)
    expect(again.place(commit().transactionHashes[0] as Uint8Array)).toEqual({ blockNumber: 1, index: 0 })
    expect(again.node(hexOf(hashOf(node)))).toEqual(node)
    expect(again.node(`63${hexOf(hashOf(code))}`)).toEqual(code)
    expect(again.journaled()).toEqual([{ sequence: 9, raw: Uint8Array.of(9) }])
    await again.close()
  })

  it('keeps nothing of a block whose commit fails on the way', async () => {
    const store = ChainStore.open(temporaryFolder(), hashOf)
    store.changeJournal({ added: [{ sequence: 7, raw: Uint8Array.of(7) }], removed: [] })
    const broken = { ...commit({ settledSequences: [7] }), transactionHashes: [hashOf(node), undefined as unknown as Uint8Array] }
    expect(() => store.commitBlock(broken)).toThrow(expect.objectContaining({ code: 'CHAIN_WRITE_FAILED' }) as Error)
    expect(store.headNumber()).toBeUndefined()
    expect(store.block(1)).toBeUndefined()
    expect(store.place(hashOf(node))).toBeUndefined()
    expect(() => store.node(hexOf(hashOf(node)))).toThrow(expect.objectContaining({ code: 'CHAIN_DATA_CORRUPT' }) as Error)
    expect(store.journaled()).toHaveLength(1)
    store.commitBlock(commit())
    expect(store.headNumber()).toBe(1)
    await store.close()
  })

  it('never takes missing or altered state for empty state', async () => {
    const store = ChainStore.open(temporaryFolder(), hashOf)
    store.commitBlock(commit({ nodes: new Map([[hexOf(hashOf(node)), Uint8Array.of(1, 2, 4)]]) }))
    expect(() => store.node(hexOf(hashOf(node)))).toThrow(/altered/)
    expect(() => store.node(hexOf(hashOf(code)))).toThrow(/missing/)
    expect(store.node(hexOf(hashOf(Uint8Array.of(0x80))))).toBeUndefined()
    await store.close()
  })
})
