/** How much one client may ask for. */
export type RpcLimits = {
  /** Bytes of one request, or of one WebSocket message. */
  bodyBytes: number
  /** Requests in one batch. */
  batch: number
  /** Open HTTP connections, WebSockets included. */
  connections: number
  webSockets: number
  subscriptionsPerSocket: number
  /** Bytes that may wait for a slow WebSocket reader before it is cut off. */
  backlogBytes: number
  /** Blocks that one `eth_getLogs` may span. */
  logBlocks: number
  /** Logs that it may return. */
  logs: number
  feeHistoryBlocks: number
}

export const defaultRpcLimits: RpcLimits = {
  bodyBytes: 5 * 1024 * 1024,
  batch: 1_000,
  connections: 512,
  webSockets: 128,
  subscriptionsPerSocket: 64,
  backlogBytes: 16 * 1024 * 1024,
  logBlocks: 100_000,
  logs: 20_000,
  feeHistoryBlocks: 1_024,
}
