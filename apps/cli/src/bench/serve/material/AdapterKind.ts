import { type LinearModule, linearModules } from '@openledger/engine'

/** What a family of bench adapters changes, and with which ranks. */
export type AdapterKind = { name: string; modules: readonly LinearModule[]; /** Adapter i has rank `ranks[i mod length]`. */ ranks: readonly number[] }

/** Queries and values at rank 8, the most common choice. */
export const queryValue8: AdapterKind = { name: 'qv-r8', modules: ['attn_q', 'attn_v'], ranks: [8] }

/** All seven linear modules at rank 16. */
export const allLinear16: AdapterKind = { name: 'all-r16', modules: linearModules, ranks: [16] }

/** Ranks from 4 to 64 side by side, on queries and values. */
export const mixedRanks: AdapterKind = { name: 'qv-mixed', modules: ['attn_q', 'attn_v'], ranks: [4, 8, 16, 32, 64] }
