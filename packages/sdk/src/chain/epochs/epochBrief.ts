import { encodeAbiParameters, keccak256 } from 'viem'
import type { Hex } from '@openledger/protocol'
import type { EpochHeader } from './EpochHeader.ts'

/** The part of an epoch that a claim needs, with the hash of the rest, by the rule of the contracts' EpochHash. */
export type EpochBrief = Pick<EpochHeader, 'index' | 'balancesRoot' | 'cumulative' | 'finalAt'> & { restHash: Hex }

const rest = [{ type: 'bytes32' }, { type: 'bytes32' }, { type: 'uint128' }, { type: 'uint32' }, { type: 'uint32' }, { type: 'bytes32' }] as const

/** Makes an epoch's brief. */
export function epochBrief({ index, balancesRoot, cumulative, finalAt, ...header }: EpochHeader): EpochBrief {
  const { receiptsRoot, linesRoot, total, lineCount, receiptCount, dataHash } = header
  const restHash = keccak256(encodeAbiParameters(rest, [receiptsRoot, linesRoot, total, lineCount, receiptCount, dataHash]))
  return { index, balancesRoot, cumulative, finalAt, restHash }
}
