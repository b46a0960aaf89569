import { statementDigest, statementDomain, verifyStatement, type Hex } from '@openledger/protocol'
import { OpenLedgerClient } from '@openledger/sdk'

/** What a page does with the SDK: the script is bundled for browsers, and run in one. */
export type PageCall = { url: string; token: string; model: string; question: string }
export type PageAnswer = { text: string; pieces: number; receiptId: Hex; signer: string; sources: number; attribution: string; refused: string }

/** Asks, streams, waits for the attribution, and checks the receipt's signature and id: all in the page. */
export async function askInPage({ url, token, model, question }: PageCall): Promise<PageAnswer> {
  const client = new OpenLedgerClient({ url, token })
  let pieces = 0
  const { text, view } = await client.chat({ model, messages: [{ role: 'user', content: question }], maxTokens: 40 }, { onText: () => void pieces++ })
  const attributed = await client.waitForAttribution(view.receiptId, { timeoutMs: 240_000 })
  const [{ receipt }, { chainId, contracts }] = await Promise.all([client.receipt(view.receiptId), client.network()])
  const domain = statementDomain(chainId, contracts.epochs)
  await verifyStatement(domain, 'Receipt', receipt.statement, receipt.signature, receipt.statement.node)
  const refused = await client.record(`0x${'0'.repeat(64)}`).then(() => 'found', (error: { code?: string }) => error.code ?? 'no code')
  return { text, pieces, receiptId: statementDigest(domain, 'Receipt', receipt.statement), signer: receipt.statement.node, sources: attributed.sources.length, attribution: attributed.attribution.status, refused }
}

declare global {
  var askInPage: (call: PageCall) => Promise<PageAnswer>
}
