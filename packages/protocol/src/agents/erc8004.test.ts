import { toEventSelector, toFunctionSelector, type AbiEvent, type AbiFunction, type AbiItem } from 'viem'
import { describe, expect, it } from 'vitest'
import { identityRegistryAbi, reputationRegistryAbi, validationRegistryAbi } from '../generated/abis.gen.ts'

/** Selectors of the ABIs that the authors of ERC-8004 publish; what belongs to their proxies is left out. */
const published = {
  identity: {
    abi: identityRegistryAbi as readonly AbiItem[],
    functions: ['0x1aa3a008', '0x8ea42286', '0xf2c298be', '0x0af28bd3', '0x2d1ef5ae', '0x3fddcf19', '0x00339509', '0xcb4799f2', '0x466648da', '0x095ea7b3', '0x70a08231', '0x84b0196e', '0x081812fc', '0xe985e9c5', '0x06fdde03', '0x42842e0e', '0xb88d4fde', '0xa22cb465', '0x01ffc9a7', '0x95d89b41', '0xc87b56dd', '0x23b872dd'],
    events: ['0x2c149ed548c6d2993cd73efe187df6eccabe4538091b33adbd25fafdb8a1468b', '0xca52e62c367d81bb2e328eb795f7c7ba24afb478408a26c0e201d155c449bc4a', '0x3a2c7fffc2cba7582c690e3b82c453ea02a308326a98a3ad7576c606336409fb'],
  },
  reputation: {
    abi: reputationRegistryAbi as readonly AbiItem[],
    functions: ['0xc2349ab2', '0x42dd519c', '0xbc4d861b', '0xf2d81759', '0x6e04cacd', '0x81bbba58', '0x3c036a7e', '0xd9d84224', '0x232b0810', '0x4ab3ca99'],
    events: ['0x25156fd3288212246d8b008d5921fde376c71ed14ac2e072a506eb06fde6d09d', '0x6a4a61743519c9d648a14e6493f47dbe3ff1aa29e7785c96c8326a205e58febc', '0xb1c6be0b5b8aef6539e2fac0fd131a2faa7b49edf8e505b5eb0ad487d56051d4'],
  },
  validation: {
    abi: validationRegistryAbi as readonly AbiItem[],
    functions: ['0x8d5d0c2d', '0xbc4d861b', '0x1b7cabd6', '0xff2febfc', '0x4bf3158c', '0xaaf400c4', '0x3d659a96'],
    events: ['0x530436c3634a98e1e626b0898be2f1e9980cc1bd2a78c07a0aba52d0a48a5059', '0xafddf629e874ccc3963b6a888c477bd464a6c8525024fc88759ea3b2326349ae'],
  },
}

describe('the registries of agents', () => {
  it.each(Object.entries(published))('%s has every function and event of ERC-8004', (_, { abi, functions, events }) => {
    const ownFunctions = new Set(abi.filter((item): item is AbiFunction => item.type === 'function').map((item) => toFunctionSelector(item)))
    const ownEvents = new Set(abi.filter((item): item is AbiEvent => item.type === 'event').map((item) => toEventSelector(item)))
    expect(functions.filter((selector) => !ownFunctions.has(selector as `0x${string}`))).toEqual([])
    expect(events.filter((selector) => !ownEvents.has(selector as `0x${string}`))).toEqual([])
  })
})
