import type { StateManagerInterface } from '@ethereumjs/common'
import { Account, bytesToUnprefixedHex, type Address } from '@ethereumjs/util'
import { InputError } from '@openledger/protocol'

type AccountFields = Parameters<StateManagerInterface['modifyAccountFields']>[1]
const nothing = new Uint8Array(0)
const keyOf = (address: Address): string => bytesToUnprefixedHex(address.bytes)

/**
 * The state of a world that lives in memory for the length of one test: accounts, code and storage, with a log of what to undo.
 * A checkpoint costs nothing and a revert costs as much as was written since. It has no state root: nothing here asks for one.
 */
export class JournaledState implements StateManagerInterface {
  private readonly accounts = new Map<string, Account>()
  private readonly codes = new Map<string, Uint8Array>()
  private readonly slots = new Map<string, Map<string, Uint8Array>>()
  private readonly originals = new Map<string, Uint8Array>()
  private readonly undo: (() => void)[] = []
  private readonly marks: number[] = []
  private readonly keccak256: (bytes: Uint8Array) => Uint8Array

  /** What slots held when the transaction began; the price of a write depends on it. */
  readonly originalStorageCache = {
    get: async (address: Address, key: Uint8Array): Promise<Uint8Array> => {
      const name = keyOf(address) + bytesToUnprefixedHex(key)
      const known = this.originals.get(name)
      if (known !== undefined) return known
      const value = await this.getStorage(address, key)
      this.originals.set(name, value)
      return value
    },
    clear: (): void => this.originals.clear(),
  }

  constructor(keccak256: (bytes: Uint8Array) => Uint8Array) {
    this.keccak256 = keccak256
  }

  private set<T>(map: Map<string, T>, key: string, value: T | undefined): void {
    const before = map.get(key)
    this.undo.push(() => void (before === undefined ? map.delete(key) : map.set(key, before)))
    if (value === undefined) map.delete(key)
    else map.set(key, value)
  }

  async getAccount(address: Address): Promise<Account | undefined> {
    const a = this.accounts.get(keyOf(address))
    // The EVM changes what it is given before it puts it back: it gets a copy.
    return a && new Account(a.nonce, a.balance, a.storageRoot, a.codeHash)
  }

  async putAccount(address: Address, account?: Account): Promise<void> {
    this.set(this.accounts, keyOf(address), account && new Account(account.nonce, account.balance, account.storageRoot, account.codeHash))
  }

  async deleteAccount(address: Address): Promise<void> {
    this.set(this.accounts, keyOf(address), undefined)
    this.set(this.codes, keyOf(address), undefined)
    this.set(this.slots, keyOf(address), undefined)
  }

  async modifyAccountFields(address: Address, fields: AccountFields): Promise<void> {
    const account = (await this.getAccount(address)) ?? new Account()
    account.nonce = fields.nonce ?? account.nonce
    account.balance = fields.balance ?? account.balance
    account.codeHash = fields.codeHash ?? account.codeHash
    await this.putAccount(address, account)
  }

  async putCode(address: Address, code: Uint8Array): Promise<void> {
    this.set(this.codes, keyOf(address), code)
    await this.modifyAccountFields(address, { codeHash: this.keccak256(code) })
  }

  /** The same array for as long as the code stays: who counts what ran can hold on to it. */
  async getCode(address: Address): Promise<Uint8Array> {
    return this.codes.get(keyOf(address)) ?? nothing
  }

  async getCodeSize(address: Address): Promise<number> {
    return (await this.getCode(address)).length
  }

  async getStorage(address: Address, key: Uint8Array): Promise<Uint8Array> {
    return this.slots.get(keyOf(address))?.get(bytesToUnprefixedHex(key)) ?? nothing
  }

  async putStorage(address: Address, key: Uint8Array, value: Uint8Array): Promise<void> {
    const name = keyOf(address)
    if (!this.slots.has(name)) this.set(this.slots, name, new Map())
    this.set(this.slots.get(name)!, bytesToUnprefixedHex(key), value.length === 0 ? undefined : value)
  }

  async clearStorage(address: Address): Promise<void> {
    if (this.slots.has(keyOf(address))) this.set(this.slots, keyOf(address), undefined)
  }

  async checkpoint(): Promise<void> {
    this.marks.push(this.undo.length)
  }

  async commit(): Promise<void> {
    this.marks.pop()
  }

  async revert(): Promise<void> {
    const mark = this.marks.pop() ?? 0
    while (this.undo.length > mark) this.undo.pop()!()
  }

  clearCaches(): void {
    this.originals.clear()
  }

  getStateRoot(): never {
    throw new InputError('no_state_root', 'the state of a test has no root')
  }

  setStateRoot(): never {
    return this.getStateRoot()
  }

  hasStateRoot(): never {
    return this.getStateRoot()
  }

  shallowCopy(): never {
    throw new InputError('no_copy', 'the state of a test is one')
  }
}
