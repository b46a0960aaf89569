import { isObject } from './readParams.ts'
import { errorBody, overLimit, RpcError, rpcCodes, type RpcErrorBody } from './RpcError.ts'
import type { RpcContext, RpcMethods } from './RpcContext.ts'

export type RpcResponse = { jsonrpc: '2.0'; id: unknown; result?: unknown; error?: RpcErrorBody }

/** Answers JSON-RPC 2.0 requests, one or a batch. */
export class Dispatcher {
  private readonly methods: ReadonlyMap<string, RpcMethods[string]>
  private readonly context: RpcContext

  constructor(methods: RpcMethods, context: RpcContext) {
    this.methods = new Map(Object.entries(methods))
    this.context = context
  }

  /**
   * Answers the text of a request.
   * @param extra methods of this connection alone, such as subscriptions
   * @returns the text of the response; undefined when nothing is to be answered
   */
  async answer(text: string, extra?: ReadonlyMap<string, (params: readonly unknown[]) => unknown>): Promise<string | undefined> {
    let payload: unknown
    try {
      payload = JSON.parse(text)
    } catch {
      return JSON.stringify(failure(null, new RpcError(rpcCodes.parse, 'CHAIN_REQUEST_MALFORMED', 'parse error: the request is not JSON', 'send JSON')))
    }
    if (!Array.isArray(payload)) return render(await this.one(payload, extra))
    const { batch } = this.context.limits
    if (payload.length === 0) return JSON.stringify(failure(null, invalid()))
    if (payload.length > batch) return JSON.stringify(failure(null, overLimit(`batch of ${payload.length} requests, at most ${batch}`, 'send smaller batches')))
    const responses = (await Promise.all(payload.map((request) => this.one(request, extra)))).filter((response) => response !== undefined)
    return responses.length === 0 ? undefined : JSON.stringify(responses)
  }

  private async one(request: unknown, extra?: ReadonlyMap<string, (params: readonly unknown[]) => unknown>): Promise<RpcResponse | undefined> {
    if (!isObject(request) || typeof request.method !== 'string') return failure(null, invalid())
    const { id, method } = request
    try {
      const params: unknown = request.params ?? []
      if (!Array.isArray(params)) throw new RpcError(rpcCodes.params, 'CHAIN_PARAMS_INVALID', 'params must be a list', 'send params as a list')
      const own = extra?.get(method)
      const shared = this.methods.get(method)
      if (own === undefined && shared === undefined) throw new RpcError(rpcCodes.method, 'CHAIN_METHOD_UNKNOWN', `the method ${method} does not exist/is not available`, 'use another method')
      const result = own === undefined ? await shared?.(params, this.context) : await own(params)
      return id === undefined ? undefined : { jsonrpc: '2.0', id, result: result ?? null }
    } catch (error) {
      return id === undefined ? undefined : failure(id, error)
    }
  }
}

function render(response: RpcResponse | undefined): string | undefined {
  return response === undefined ? undefined : JSON.stringify(response)
}

function failure(id: unknown, error: unknown): RpcResponse {
  return { jsonrpc: '2.0', id, error: errorBody(error) }
}

function invalid(): RpcError {
  return new RpcError(rpcCodes.request, 'CHAIN_REQUEST_INVALID', 'invalid request', 'send {"jsonrpc": "2.0", "id": 1, "method": …, "params": […]}')
}
