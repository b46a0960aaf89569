import { Address } from '@ethereumjs/util'
import type { CallRequest } from '../execution/CallRequest.ts'
import { badParams } from './RpcError.ts'

/** Reads hex bytes. @param length exact number of bytes, if it matters */
export function readBytes(value: unknown, what: string, length?: number): Uint8Array {
  if (typeof value !== 'string' || !/^0x([0-9a-fA-F]{2})*$/.test(value)) throw badParams(`${what} must be bytes in hex`)
  if (length !== undefined && value.length !== 2 + 2 * length) throw badParams(`${what} must have ${length} bytes`)
  return new Uint8Array(Buffer.from(value.slice(2), 'hex'))
}

/** Reads a quantity: hex, with or without leading zeros, at most 256 bits. */
export function readQuantity(value: unknown, what: string): bigint {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return BigInt(value)
  if (typeof value !== 'string' || !/^0x[0-9a-fA-F]{1,64}$/.test(value)) throw badParams(`${what} must be a number in hex`)
  return BigInt(value)
}

export function readAddress(value: unknown, what = 'address'): Address {
  return new Address(readBytes(value, what, 20))
}

/** Reads a storage slot's number, which clients write as 32 bytes or as a quantity. */
export function readSlot(value: unknown): Uint8Array {
  return new Uint8Array(Buffer.from(readQuantity(value, 'storage slot').toString(16).padStart(64, '0'), 'hex'))
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Reads the transaction object of `eth_call` and `eth_estimateGas`. */
export function readCall(value: unknown): CallRequest {
  if (!isObject(value)) throw badParams('the call must be an object')
  const optional = <T>(field: string, read: (raw: unknown, what: string) => T): T | undefined => {
    const raw = value[field]
    return raw === undefined || raw === null ? undefined : read(raw, field)
  }
  const fee = optional('maxFeePerGas', readQuantity) ?? optional('gasPrice', readQuantity) ?? 0n
  return {
    from: optional('from', readAddress) ?? new Address(new Uint8Array(20)),
    to: optional('to', readAddress),
    data: optional('input', readBytes) ?? optional('data', readBytes) ?? new Uint8Array(),
    value: optional('value', readQuantity) ?? 0n,
    gas: optional('gas', readQuantity),
    maxFeePerGas: fee,
    accessList: optional('accessList', readAccessList) ?? [],
  }
}

function readAccessList(value: unknown): CallRequest['accessList'] {
  if (!Array.isArray(value)) throw badParams('accessList must be a list')
  return value.map((entry: unknown) => {
    if (!isObject(entry) || !Array.isArray(entry.storageKeys)) throw badParams('accessList must hold objects with address and storageKeys')
    const hex = (bytes: Uint8Array): `0x${string}` => `0x${Buffer.from(bytes).toString('hex')}`
    return { address: hex(readBytes(entry.address, 'accessList address', 20)), storageKeys: entry.storageKeys.map((key) => hex(readBytes(key, 'storage key', 32))) }
  })
}
