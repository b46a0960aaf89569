import type { Command } from 'commander'
import type { Hex } from '@openledger/protocol'
import type { DeployInput, Split } from '../verbs/deploy.ts'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { examples } from './examples.ts'
import { hash, openAmount, splitOption } from './optionValues.ts'

type DeployOptions = { adapter?: Hex; base?: boolean; name?: string; inputPrice: string; outputPrice: string; split?: Split }

/** `openledger deploy` */
export function deployCommand(context: CommandContext, program: Command): void {
  const command = program
    .command('deploy')
    .summary('put a model on offer')
    .description('Puts a published adapter, or the bare base, on offer: signs prices and split with the owner’s key (--as, by default "builder"), pays the deployment fee on the chain, and has the node serve it.')
    .argument('[run]', 'the name or id of a published run')
    .option('--adapter <id>', 'an adapter, in the place of a run', hash)
    .option('--base', 'the bare base model, in the place of a run')
    .option('--name <name>', 'the model’s name after the base’s; by default the run’s')
    .option('--input-price <open>', 'OPEN for 1,000 input tokens', openAmount, '0.5')
    .option('--output-price <open>', 'OPEN for 1,000 output tokens', openAmount, '1')
    .option('--split <parts>', 'who gets what, in per cent (default: node:20,owner:15,stakers:5,contributors:60; the base: node:50,owner:40,stakers:10,contributors:0)', splitOption)
  examples(command, [
    ['openledger deploy plants --input-price 0.5 --output-price 1', 'the adapter of run "plants"'],
    ['openledger deploy plants --name plants-pro --split node:10,owner:20,stakers:5,contributors:65', 'under another name and split'],
    ['openledger deploy --base', 'the bare base model'],
  ])
  runs<DeployOptions>(context, command, async ({ options, args, output, session }) => {
    const { fail, parseOpen } = await import('@openledger/protocol')
    const { deploy } = await import('../verbs/deploy.ts')
    const open = await session()
    const [run] = args as [string | undefined]
    const named: DeployInput['model'][] = []
    if (run !== undefined) named.push({ run })
    if (options.adapter !== undefined) named.push({ adapter: options.adapter })
    if (options.base) named.push({ base: (await open.node.nodeInfo()).base.id })
    const [model] = named
    if (!model || named.length > 1) return fail('BAD_OPTIONS', 'name one model to deploy', { field: 'run', fix: 'give a run, or --adapter, or --base' })
    const { name, inputPrice, outputPrice, split } = options
    const deployed = await deploy(open, { model, name, inputPrice: parseOpen(inputPrice), outputPrice: parseOpen(outputPrice), split, owner: options.as ?? 'builder' })
    if (!deployed.isNew) output.line('it was deployed before on these terms')
    output.field('model', deployed.model)
    output.field('deployment', deployed.deploymentId)
    output.line(`next: openledger ask "…" --model ${deployed.model}`)
    output.result(deployed)
  })
}
