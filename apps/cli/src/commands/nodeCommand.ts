import { Option, type Command } from 'commander'
import type { JoinNodeOptions } from '../join/joinNode.ts'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { examples } from './examples.ts'
import { shortId } from './format.ts'
import { openAmount, wholeNumber } from './optionValues.ts'

/** Resolves when the process is asked to end. */
const untilAsked = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve())
  })

function joinCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('join')
    .summary('answer for a gateway with this machine')
    .description('Bonds a stake on the chain and starts a node that computes answers for a gateway: it shows that it has the base model, announces itself, and signs a receipt for each answer. Its key and receipts lie in the data folder.')
    .requiredOption('--gateway <url>', 'the gateway’s address')
    .requiredOption('--stake <OPEN>', 'what to bond; what is bonded already counts', openAmount)
    .option('--model <name>', 'the base model, the same as the gateway’s: one of openledger models, or a GGUF file (default: the tiny model of this project)')
    .option('--host <address>', 'address to listen on; others than the loopback need TLS', '127.0.0.1')
    .option('--port <n>', 'port to listen on; 0 is any free one', wholeNumber(), 7900)
    .option('--address <url>', 'where the gateway reaches this node, when that is not where it listens')
    .option('--tls-cert <file>', 'certificate in PEM; nobody has to vouch for it')
    .option('--tls-key <file>', 'its key')
    .option('--rpc <url>', 'the chain (default: the one that the gateway names)')
    .option('--min-input <OPEN>', 'take no deployment that pays less for 1,000 input tokens', openAmount)
    .option('--min-output <OPEN>', 'the same for output tokens', openAmount)
    .option('--threads <n>', 'threads for the engine', wholeNumber(1))
    .option('--device <name>', 'what computes answers: cpu, auto, cuda, vulkan, metal (default: cpu)')
    .option('--slots <n>', 'answers computed at once (default: 8)', wholeNumber(1))
    .addOption(new Option('--kv <type>', 'how the attention cache is kept').choices(['F32', 'F16', 'Q8_0']))
    .addOption(new Option('--adapter-type <type>', 'how the first factors of adapters are kept').choices(['F32', 'F16']))
    .option('--adapter-memory <MiB>', 'memory for adapters that can be computed with at once (default: 1024)', wholeNumber(1))
    .option('--prefix-slots <n>', 'cache slots that keep prefixes of past answers (default: 0)', wholeNumber())
  examples(command, [
    ['openledger node join --gateway http://127.0.0.1:7800 --stake 1000 --data ./node-a', 'a second node on this machine'],
    ['openledger node join --gateway https://ledger.example --stake 1000 --host 0.0.0.0 --tls-cert cert.pem --tls-key key.pem --address https://203.0.113.7:7900', 'one that a gateway elsewhere reaches'],
  ])
  runs<JoinNodeOptions>(context, command, async ({ options, output }) => {
    const { joinNode } = await import('../join/joinNode.ts')
    const { formatOpen } = await import('@openledger/protocol')
    const node = await joinNode(options, (text) => output.note(text))
    output.field('gateway', `${options.gateway} (${node.gateway})`)
    output.field('listens', node.url)
    output.field('bonded', `${formatOpen(node.bonded)} OPEN`)
    output.note('Stop with Ctrl-C.')
    await untilAsked()
    output.note('stopping')
    await node.stop()
    output.result({ node: node.node, gateway: node.gateway })
  })
}

function listCommand(context: CommandContext, parent: Command): void {
  const command = parent.command('list').summary('show the nodes of a gateway').description('Lists the nodes that answer for the gateway, best first, by what the gateway measured of them.')
  examples(command, [['openledger node list --url http://127.0.0.1:7800', 'the nodes of this gateway']])
  runs(context, command, async ({ output, session }) => {
    const { formatOpen } = await import('@openledger/protocol')
    const nodes = await (await session()).node.nodes()
    const number = (value: number | null, digits: number): string => (value === null ? '-' : value.toFixed(digits))
    output.table(
      ['node', 'score', 'first token ms', 'tokens/s', 'failed', 'now', 'state', 'OPEN', 'address'],
      nodes.map((n) => [shortId(n.node), n.score.toFixed(2), number(n.firstTokenMs, 0), number(n.tokensPerSecond, 1), `${(100 * n.failures).toFixed(1)} %`, String(n.inFlight), n.state, n.stake === null ? '-' : formatOpen(BigInt(n.stake)), n.url ?? 'in the gateway']),
    )
    output.result(nodes)
  })
}

/** `openledger node …` */
export function nodeCommand(context: CommandContext, program: Command): void {
  const parent = program.command('node').summary('answer for a gateway, and see who does').description('Nodes compute answers and sign receipts; a gateway takes requests and chooses among the nodes that joined it.')
  examples(parent, [['openledger node join --gateway http://127.0.0.1:7800 --stake 1000 --data ./node-a', 'join it']])
  joinCommand(context, parent)
  listCommand(context, parent)
}
