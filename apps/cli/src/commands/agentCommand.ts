import type { Command } from 'commander'
import { agentEndCommands } from './agentEndCommands.ts'
import { agentPromiseCommands } from './agentPromiseCommands.ts'
import { agentServeCommand } from './agentServeCommand.ts'
import { agentShowCommands } from './agentShowCommands.ts'
import type { CommandContext } from './CommandContext.ts'
import { examples } from './examples.ts'

/** `openledger agent` */
export function agentCommand(context: CommandContext, program: Command): void {
  const parent = program
    .command('agent')
    .summary('agents that promise, deliver, or pay')
    .description('Agents bond a penalty on signed promises: delivered by the deadline, reward and penalty are the agent’s; broken, both are the client’s, and nobody has to judge.')
  examples(parent, [
    ['openledger agent demo', 'one agent that delivers and is paid, and one that fails and pays'],
    ['openledger agent show 1', 'an agent, its record and its promises'],
  ])
  agentPromiseCommands(context, parent)
  agentEndCommands(context, parent)
  agentShowCommands(context, parent)
  agentServeCommand(context, parent)
}
