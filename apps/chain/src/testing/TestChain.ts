import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createPublicClient, createWalletClient, defineChain, http, type Chain, type Hex, type HttpTransport, type PrivateKeyAccount, type PublicClient, type WaitForTransactionReceiptParameters, type WalletClient } from 'viem'
import { waitForTransactionReceipt } from 'viem/actions'
import { ChainNode } from '../node/ChainNode.ts'
import type { ChainNodeOptions } from '../node/ChainNodeOptions.ts'
import { testAccounts, testAlloc } from './testAccounts.ts'

export type RpcReply = { result?: unknown; error?: { code: number; message: string; data?: unknown } }

const openFolders: string[] = []

/** A folder of its own under the system's temporary folder; {@link removeFolders} removes all of them. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'openledger-chain-'))
  openFolders.push(folder)
  return folder
}

export function removeFolders(): void {
  for (const folder of openFolders.splice(0)) rmSync(folder, { recursive: true, force: true })
}

/** Sends one JSON-RPC request. */
export async function rpc(url: string, method: string, params: unknown[] = []): Promise<RpcReply> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  })
  return (await response.json()) as RpcReply
}

export type Clients = { reader: PublicClient<HttpTransport, Chain>; wallet: WalletClient<HttpTransport, Chain, PrivateKeyAccount> }

/** viem's clients for a chain at this URL; the wallet signs for the first test account. */
export function clientsFor(url: string): Clients {
  const chain = defineChain({
    id: 7117,
    name: 'OpenLedger',
    nativeCurrency: { name: 'OPEN', symbol: 'OPEN', decimals: 18 },
    rpcUrls: { default: { http: [url] } },
  })
  const transport = http(url)
  return {
    reader: createPublicClient({ chain, transport, pollingInterval: 30, cacheTime: 0 }).extend((client) => ({
      // Looking for a replacement, viem drops a new block that comes in the meantime, and here no other block may follow.
      waitForTransactionReceipt: (wait: WaitForTransactionReceiptParameters<Chain>) => waitForTransactionReceipt(client, { checkReplacement: false, ...wait }),
    })) as Clients['reader'],
    wallet: createWalletClient({ chain, transport, account: testAccounts[0] as PrivateKeyAccount }),
  }
}

export type TestNode = Clients & { node: ChainNode; send: (method: string, ...params: unknown[]) => Promise<RpcReply> }

/** A node in the test's own process. */
export async function startTestNode(options: Partial<ChainNodeOptions> = {}): Promise<TestNode> {
  const node = await ChainNode.start({
    dataFolder: options.dataFolder ?? temporaryFolder(),
    host: '127.0.0.1',
    port: 0,
    chainId: 7117,
    alloc: testAlloc,
    blockTimeMs: 0,
    batchDelayMs: 5,
    maxAheadSeconds: 3_600,
    corsOrigins: [],
    allowedHosts: [],
    sharedSeconds: false,
    dev: false,
    wallMs: Date.now,
    onError: () => undefined,
    ...options,
  })
  return { node, send: (method, ...params) => rpc(node.url, method, params), ...clientsFor(node.url) }
}

/** Signs a transfer with explicit fees, so that nothing has to be asked from a node. */
export function signTransfer(account: PrivateKeyAccount, nonce: number, value: bigint, fee = 10n ** 11n, tip = 10n ** 6n): Promise<Hex> {
  const to = '0x00000000000000000000000000000000000000ff'
  return account.signTransaction({ chainId: 7117, type: 'eip1559', nonce, gas: 21_000n, to, value, maxFeePerGas: fee, maxPriorityFeePerGas: tip })
}
