import type { ErrorAction } from '@openledger/protocol/errors'

/** What the chain's process tells the one that started it. */
export type LaunchMessage =
  | { type: 'ready'; url: string; pid: number; chainId: number }
  | { type: 'failed'; code: string; message: string; fix: string | undefined; action: ErrorAction }
