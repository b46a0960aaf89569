import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Command } from 'commander'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { examples } from './examples.ts'
import { openAmount, wholeNumber } from './optionValues.ts'

type McpOptions = { limit: string; totalLimit: string; model?: string; maxTokens: number; wait: number; http?: number; host: string }

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }

const untilAsked = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve())
  })

/** `openledger mcp` */
export function mcpCommand(context: CommandContext, program: Command): void {
  const command = program
    .command('mcp')
    .summary('let programs that speak MCP ask models, within your limits')
    .description('Serves the Model Context Protocol over standard input and output: the tools ask, sources, receipt and datanets. Answers are paid from the payer’s channel (--as, by default the key "payer"), never above the limits. What was spent is kept in the data folder; a restart begins no new count.')
    .option('--limit <open>', 'the most that one answer may cost', openAmount, '0.1')
    .option('--total-limit <open>', 'the most that may be spent in all, over all starts, by this payer through MCP', openAmount, '1')
    .option('--model <name>', 'the model that answers when none is named (default: the one that was deployed last)')
    .option('--max-tokens <n>', 'longest answer when the caller names none', wholeNumber(1), 256)
    .option('--wait <seconds>', 'how long to wait, after an answer, until it is known whose data shaped it', wholeNumber(0), 20)
    .option('--http <port>', 'serve Streamable HTTP at /mcp instead, for callers with the token in mcp.token', wholeNumber(0))
    .option('--host <address>', 'address to listen on, with --http', '127.0.0.1')
  examples(command, [
    ['openledger mcp --limit 0.1 --total-limit 5', 'as a client’s configuration starts it'],
    ['openledger mcp --http 7820', 'for clients that call an address'],
  ])
  runs<McpOptions>(context, command, async ({ options, output, session }) => {
    const { parseOpen } = await import('@openledger/protocol')
    const { openMcpContext } = await import('../mcp/openMcpContext.ts')
    const opened = await session()
    const { as: payer = 'payer', limit, totalLimit, model, maxTokens, wait, http: port, host } = options
    const parts = await openMcpContext(opened, { payer, caps: { perAnswer: parseOpen(limit), total: parseOpen(totalLimit) }, model, maxTokens, attributionMs: wait * 1000 })
    if (port === undefined) {
      const { serveStdio } = await import('../mcp/serveStdio.ts')
      return serveStdio(parts, version)
    }
    const { operatorToken: ensureToken } = await import('@openledger/node/keys')
    const { serveHttp } = await import('../mcp/serveHttp.ts')
    const running = await serveHttp(parts, version, { host, port, token: await ensureToken(path.join(opened.folder.root, 'mcp.token')) })
    output.note(`MCP at ${running.url}; the token is in mcp.token of the data folder. Stop with Ctrl-C.`)
    await untilAsked()
    await running.close()
  })
}
