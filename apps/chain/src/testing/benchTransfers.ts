// Transfers a second, from the first request to the receipt of the last: npx tsx apps/chain/src/testing/benchTransfers.ts [count]
import type { PrivateKeyAccount } from 'viem/accounts'
import { startEmbeddedChain } from '../launch/startEmbeddedChain.ts'
import { removeFolders, rpc, signTransfer, temporaryFolder } from './TestChain.ts'
import { testAccounts, testAlloc } from './testAccounts.ts'

const count = Number(process.argv[2] ?? 4_000)
const perRequest = 50
const each = count / testAccounts.length

const raws = await Promise.all(
  Array.from({ length: count }, (_, index) => signTransfer(testAccounts[index % testAccounts.length] as PrivateKeyAccount, Math.floor(index / testAccounts.length), BigInt(index))),
)
const startMs = performance.now()
const chain = await startEmbeddedChain({ dataDir: temporaryFolder(), chainId: 7117, genesisAccounts: testAlloc })
const sendMs = performance.now()
for (let first = 0; first < count; first += perRequest) {
  const batch = raws.slice(first, first + perRequest).map((raw, id) => ({ jsonrpc: '2.0', id, method: 'eth_sendRawTransaction', params: [raw] }))
  const response = await fetch(chain.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(batch) })
  const refused = ((await response.json()) as { error?: { message: string } }[]).find(({ error }) => error !== undefined)
  if (refused !== undefined) console.log('refused:', refused.error?.message)
}
const ackMs = performance.now()
const mined = async (): Promise<boolean[]> =>
  Promise.all(testAccounts.map(async ({ address }) => Number((await rpc(chain.url, 'eth_getTransactionCount', [address, 'latest'])).result) >= each))
while ((await mined()).includes(false)) await new Promise((resolve) => setTimeout(resolve, 20))
const endMs = performance.now()
const blocks = Number((await rpc(chain.url, 'eth_blockNumber')).result)
const rate = (ms: number): number => Math.round((count * 1000) / ms)
console.log(`start ${Math.round(sendMs - startMs)} ms; ${count} transfers in ${blocks} blocks: acknowledged ${rate(ackMs - sendMs)}/s, in blocks ${rate(endMs - sendMs)}/s`)
await chain.stop()
removeFolders()
