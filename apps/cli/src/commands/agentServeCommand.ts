import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { examples } from './examples.ts'
import { openAmount, wholeNumber } from './optionValues.ts'

type ServeOptions = { host: string; port: number; publicUrl?: string; name: string; description: string; reward: string; penalty: string; acceptWithin: number; within: number; model?: string; maxTokens: number }

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }

const untilAsked = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve())
  })

/** `openledger agent serve` */
export function agentServeCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('serve')
    .summary('let other agents call this one by A2A')
    .description('Serves the registered agent of a key (--as) by A2A 1.0: its card with identity, bond and record, and tasks under a guarantee. A question is answered with a signed promise; when its client has accepted that on the chain, the agent buys the answer and delivers the receipt.')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <n>', 'port to listen on', wholeNumber(0), 7830)
    .option('--public-url <url>', 'where others reach it, behind a proxy with TLS')
    .option('--name <name>', 'as the card shows it', 'OpenLedger agent')
    .option('--description <text>', 'as the card shows it', 'Answers questions under a guarantee: delivered by the deadline with a verified receipt, or a penalty is paid.')
    .option('--reward <open>', 'what a task pays', openAmount, '1')
    .option('--penalty <open>', 'what a broken promise costs', openAmount, '1')
    .option('--accept-within <seconds>', 'how long a client can accept', wholeNumber(1), 600)
    .option('--within <seconds>', 'how long the agent has after that', wholeNumber(1), 3600)
    .option('--model <name>', 'the model whose answers are promised (default: the one that was deployed last)')
    .option('--max-tokens <n>', 'longest answer', wholeNumber(1), 256)
  examples(command, [['openledger agent serve --as keen --reward 1 --penalty 2', 'after: openledger agent register --as keen --bond 10']])
  runs<ServeOptions>(context, command, async ({ options, output, session }) => {
    const { fail, parseOpen } = await import('@openledger/protocol')
    const { findAgents } = await import('@openledger/sdk')
    const { serveAgent } = await import('../a2a/serveAgent.ts')
    const opened = await session()
    const { as: agent = 'agent', host, port, publicUrl: url, name, description, reward, penalty, acceptWithin: acceptSeconds, within: deliverSeconds, model, maxTokens } = options
    const { account } = await opened.actor(agent)
    const [agentId] = await findAgents(opened.reader, account.address)
    if (agentId === undefined) return fail('NOT_REGISTERED', `the key "${agent}" has no agent`, { fix: `register it with: openledger agent register --as ${agent}` })
    const terms = { agentId, name, description, version, url, reward: parseOpen(reward), penalty: parseOpen(penalty) }
    const served = await serveAgent({ session: opened, agent, host, port, terms, model, maxTokens, acceptSeconds, deliverSeconds, now: Date.now })
    output.line(`agent ${agentId} at ${served.url}`)
    output.line(`card ${new URL('/.well-known/agent-card.json', served.url).href}`)
    output.result({ agentId, url: served.url })
    output.note('Stop with Ctrl-C.')
    await untilAsked()
    await served.close()
  })
}
