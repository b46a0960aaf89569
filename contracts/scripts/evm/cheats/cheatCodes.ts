import { createAddressFromString, type Address } from '@ethereumjs/util'
import { bytesToHex, getContractAddress, hexToBytes, trim, type Hex } from 'viem'
import { privateKeyToAddress, sign } from 'viem/accounts'
import type { BlockSettings } from '../world/BlockSettings.ts'
import type { JournaledState } from '../world/JournaledState.ts'
import { CheatFailed } from './CheatFailed.ts'
import type { CheatState } from './CheatState.ts'
import { readJsonPath } from './readJsonPath.ts'

/** Where a cheat code was called, and what it can change. */
export type CheatContext = {
  cheats: CheatState
  state: JournaledState
  block: BlockSettings
  /** The depth and the contract of the frame that calls. */
  depth: number
  caller: Address
  /** The text of a file of the repository. */
  readText(path: string): string
  /** Keeps a figure of the gas snapshot. */
  snapshot(group: string, name: string, value: bigint): void
}

/** A cheat code: arguments and results as viem has them; a result alone, or the list of several. */
type CheatCode = (context: CheatContext, ...args: never[]) => unknown

/** Begins with what Forge's own `assume` answers. */
export const rejectedInput = new TextEncoder().encode('FOUNDRY::ASSUME')

const at = (address: string): Address => createAddressFromString(address)
const keyOf = (key: bigint): Hex => `0x${key.toString(16).padStart(64, '0')}`

function expectRevert({ cheats, depth }: CheatContext, data?: Hex, partial = false): void {
  if (cheats.revert) throw new CheatFailed('a revert is expected already')
  cheats.revert = { depth, partial, ...(data !== undefined && { data: hexToBytes(data) }) }
}

function text(value: unknown, path: string): string {
  if (typeof value !== 'string') throw new CheatFailed(`${path} is no text`)
  return value
}

const found = (json: string, path: string): string => text(readJsonPath(json, path), path)

/** Every cheat code that `contracts/test/support/Vm.sol` declares, by its signature. */
export const cheatCodes: Readonly<Record<string, CheatCode>> = {
  'addr(uint256)': (_, key: bigint) => privateKeyToAddress(keyOf(key)),
  'sign(uint256,bytes32)': async (_, key: bigint, digest: Hex) => {
    const { v, r, s } = await sign({ privateKey: keyOf(key), hash: digest })
    return [Number(v), r, s]
  },
  'warp(uint256)': ({ block }, timestamp: bigint) => void (block.header.timestamp = timestamp),
  'roll(uint256)': ({ block }, number: bigint) => void (block.header.number = number),
  'chainId(uint256)': ({ block }, id: bigint) => void (block.chainId = id),
  'setBlockhash(uint256,bytes32)': ({ block }, number: bigint, hash: Hex) => void block.hashes.set(number, hexToBytes(hash)),
  'deal(address,uint256)': ({ state }, account: string, balance: bigint) => state.modifyAccountFields(at(account), { balance }),
  'etch(address,bytes)': ({ state }, account: string, code: Hex) => state.putCode(at(account), hexToBytes(code)),
  'store(address,bytes32,bytes32)': ({ state }, account: string, slot: Hex, value: Hex) => state.putStorage(at(account), hexToBytes(slot), hexToBytes(trim(value))),
  'getNonce(address)': async ({ state }, account: string) => (await state.getAccount(at(account)))?.nonce ?? 0n,
  'computeCreateAddress(address,uint256)': (_, from: Hex, nonce: bigint) => getContractAddress({ from, nonce }),
  'prank(address)': ({ cheats, depth, caller }, sender: string) => cheats.pranks.begin(depth, caller, at(sender), true),
  'startPrank(address)': ({ cheats, depth, caller }, sender: string) => cheats.pranks.begin(depth, caller, at(sender), false),
  'stopPrank()': ({ cheats, depth }) => cheats.pranks.stop(depth),
  'expectRevert()': (context) => expectRevert(context),
  'expectRevert(bytes)': (context, data: Hex) => expectRevert(context, data),
  'expectRevert(bytes4)': (context, selector: Hex) => expectRevert(context, selector),
  'expectPartialRevert(bytes4)': (context, selector: Hex) => expectRevert(context, selector, true),
  'expectEmit(bool,bool,bool,bool,address)': ({ cheats, depth }, one: boolean, two: boolean, three: boolean, data: boolean, emitter: string) =>
    cheats.logs.expect(depth, [one, two, three], data, at(emitter)),
  'assume(bool)': (_, condition: boolean) => {
    if (!condition) throw new CheatFailed('FOUNDRY::ASSUME')
  },
  'mockCall(address,bytes,bytes)': async ({ cheats, state }, target: string, data: Hex, answer: Hex) => {
    if ((await state.getCodeSize(at(target))) === 0) await state.putCode(at(target), new Uint8Array(1))
    cheats.mocks.add(at(target), hexToBytes(data), hexToBytes(answer))
  },
  'readFile(string)': ({ readText }, path: string) => readText(path),
  'parseJsonBytes32(string,string)': (_, json: string, path: string) => found(json, path),
  'parseJsonBytes32Array(string,string)': (_, json: string, path: string) => [readJsonPath(json, path)],
  'parseJsonUint(string,string)': (_, json: string, path: string) => BigInt(readJsonPath(json, path) as string | number),
  'parseJsonAddress(string,string)': (_, json: string, path: string) => found(json, path),
  'parseJsonBytes(string,string)': (_, json: string, path: string) => found(json, path),
  'parseJsonString(string,string)': (_, json: string, path: string) => found(json, path),
  'snapshotGasLastCall(string,string)': ({ cheats, snapshot }, group: string, name: string) => {
    snapshot(group, name, cheats.lastGas)
    return cheats.lastGas
  },
  'snapshotValue(string,string,uint256)': ({ snapshot }, group: string, name: string, value: bigint) => snapshot(group, name, value),
}

/** The revert data that stands for a cheat code that failed: an `Error(string)`, or Forge's mark for an input to leave out. */
export const isRejected = (data: Uint8Array): boolean => bytesToHex(data.subarray(0, rejectedInput.length)) === bytesToHex(rejectedInput)
