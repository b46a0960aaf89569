import { OpenLedgerError } from '@openledger/protocol/errors'
import { ExecutionFailed } from '../execution/ExecutionFailed.ts'
import { TransactionRefused } from '../transactions/TransactionRefused.ts'
import { hexOf } from './format/hex.ts'

/** The numbers that JSON-RPC 2.0 and the Ethereum nodes give to kinds of errors. */
export const rpcCodes = { parse: -32700, request: -32600, method: -32601, params: -32602, internal: -32603, server: -32000, limit: -32005, reverted: 3 } as const

/** A request that cannot be answered. */
export class RpcError extends OpenLedgerError {
  readonly rpcCode: number

  constructor(rpcCode: number, code: string, message: string, fix: string) {
    super(code, message, { fix })
    this.rpcCode = rpcCode
  }
}

/** The parameters of a request are wrong. */
export function badParams(message: string): RpcError {
  return new RpcError(rpcCodes.params, 'CHAIN_PARAMS_INVALID', message, 'correct the parameters')
}

/** A request asks for more than the node gives at once. */
export function overLimit(message: string, fix: string): RpcError {
  return new RpcError(rpcCodes.limit, 'CHAIN_LIMIT_EXCEEDED', message, fix)
}

export type RpcErrorBody = { code: number; message: string; data?: unknown }

/** The error object of a response. Revert data is given as hex in `data`, as client libraries expect it. */
export function errorBody(error: unknown): RpcErrorBody {
  if (error instanceof ExecutionFailed) {
    if (error.revertData === undefined) return { code: rpcCodes.server, message: error.message }
    return { code: rpcCodes.reverted, message: error.message, data: hexOf(error.revertData) }
  }
  if (error instanceof RpcError) return { code: error.rpcCode, message: error.message, data: { code: error.code, fix: error.fix } }
  if (error instanceof TransactionRefused) return { code: rpcCodes.server, message: error.message, data: { code: error.code, fix: error.fix } }
  if (error instanceof OpenLedgerError) return { code: rpcCodes.internal, message: error.message, data: { code: error.code, fix: error.fix ?? null } }
  return { code: rpcCodes.internal, message: `internal error: ${error instanceof Error ? error.message : String(error)}` }
}
