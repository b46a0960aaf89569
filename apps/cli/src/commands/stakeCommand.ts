import type { StakeRole } from '@openledger/sdk'
import { InvalidArgumentError, type Command } from 'commander'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { examples } from './examples.ts'
import { percent, when } from './format.ts'
import { openAmount, wholeNumber } from './optionValues.ts'

type Options = { role: StakeRole }
const delegator = 'operator'
const roleHelp = 'node, gateway or auditor'

function roleOption(text: string): StakeRole {
  if (text !== 'node' && text !== 'gateway' && text !== 'auditor') throw new InvalidArgumentError('It is node, gateway or auditor.')
  return text
}

function delegateCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('delegate')
    .summary('put OPEN behind a node, gateway or auditor')
    .description('Puts OPEN of a key (--as, by default "operator") behind somebody’s bond: it gets a part of what stakers earn, less the commission, and loses as much as the bond when its owner is convicted.')
    .argument('<account>', 'a key’s name or an address')
    .argument('<amount>', 'OPEN', openAmount)
    .option('--role <role>', roleHelp, roleOption, 'node')
  examples(command, [['openledger stake delegate node 50', '50 OPEN of the key "operator" behind the key "node"']])
  runs<Options>(context, command, async ({ options, args, output, session }) => {
    const { formatOpen, parseOpen } = await import('@openledger/protocol')
    const { delegateStake, readDelegation } = await import('@openledger/sdk')
    const [name, text] = args as [string, string]
    const open = await session()
    const { account, writer } = await open.actor(options.as ?? delegator)
    const to = await open.keys.address(name)
    await delegateStake(writer, to, options.role, parseOpen(text))
    const delegation = await readDelegation(writer, account.address, to, options.role)
    output.line(`${formatOpen(delegation.bonded)} OPEN are behind ${name}`)
    output.result({ account: to, role: options.role, delegation })
  })
}

function undelegateCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('undelegate')
    .summary('take a delegation back')
    .description('Starts taking a delegation back, all of it or a part; run it with --withdraw when its thaw is over. Until it is withdrawn it can still be slashed.')
    .argument('<account>', 'a key’s name or an address')
    .option('--percent <number>', 'how much of it', wholeNumber(1), 100)
    .option('--withdraw', 'pay out what has thawed')
    .option('--role <role>', roleHelp, roleOption, 'node')
  examples(command, [
    ['openledger stake undelegate node', 'all of it'],
    ['openledger stake undelegate node --withdraw', 'after the thaw'],
  ])
  runs<Options & { percent: number; withdraw?: boolean }>(context, command, async ({ options, args, output, session }) => {
    const { formatOpen, fail } = await import('@openledger/protocol')
    const { readDelegation, undelegateStake, withdrawDelegation } = await import('@openledger/sdk')
    const { percent: part, role } = options
    if (part > 100) return fail('BAD_PART', 'there is no more than 100 per cent', { field: '--percent' })
    const open = await session()
    const { account, writer } = await open.actor(options.as ?? delegator)
    const from = await open.keys.address(args[0] as string)
    if (options.withdraw === true) {
      const paid = await withdrawDelegation(writer, from, role)
      output.line(`${formatOpen(paid)} WOPEN are paid out`)
      output.result({ account: from, role, paid })
      return
    }
    const { shares } = await readDelegation(writer, account.address, from, role)
    const { amount, releaseAt } = await undelegateStake(writer, from, role, (shares * BigInt(part)) / 100n)
    output.line(`${formatOpen(amount)} OPEN are free at ${when(Number(releaseAt))}, then: openledger stake undelegate ${args[0] as string} --withdraw`)
    output.result({ account: from, role, amount, releaseAt })
  })
}

function rewardsCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('rewards')
    .summary('take what a bond or a delegation has earned')
    .description('Pays out what a key’s own bond (--as, by default "operator") has earned, or its delegation to an account, in WOPEN.')
    .argument('[account]', 'to whom was delegated; without it, the own bond')
    .option('--role <role>', roleHelp, roleOption, 'node')
  examples(command, [
    ['openledger stake rewards node', 'of the delegation to the key "node"'],
    ['openledger stake rewards --as node', 'of the node’s own bond, commission included'],
  ])
  runs<Options>(context, command, async ({ options, args, output, session }) => {
    const { formatOpen } = await import('@openledger/protocol')
    const { claimDelegationRewards, claimStakeRewards, readDelegation, readStake } = await import('@openledger/sdk')
    const { role } = options
    const open = await session()
    const { account, writer } = await open.actor(options.as ?? delegator)
    const to = args[0] === undefined ? null : await open.keys.address(args[0] as string)
    const { rewards } = to === null ? await readStake(writer, account.address, role) : await readDelegation(writer, account.address, to, role)
    const claimed = (): Promise<bigint> => (to === null ? claimStakeRewards(writer, account.address, role) : claimDelegationRewards(writer, account.address, to, role))
    const paid = rewards === 0n ? 0n : await claimed()
    output.line(paid === 0n ? 'nothing was earned yet' : `${formatOpen(paid)} WOPEN are paid out`)
    output.result({ account: to ?? account.address, role, paid })
  })
}

function poolCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('pool')
    .summary('let others delegate to a bond')
    .description('Lets others delegate to a key’s bond (--as, by default "node") and says what part of their rewards the key keeps; while anything is delegated the part can only fall.')
    .option('--commission <ppm>', 'parts per million of delegators’ rewards, at most 500000', wholeNumber(0), 100_000)
    .option('--close', 'take no more; who is in can stay or leave')
    .option('--role <role>', roleHelp, roleOption, 'node')
  examples(command, [['openledger stake pool --commission 50000', 'the key "node" keeps 5 per cent of what delegators earn']])
  runs<Options & { commission: number; close?: boolean }>(context, command, async ({ options, output, session }) => {
    const { setStakePool } = await import('@openledger/sdk')
    const { writer } = await (await session()).actor(options.as ?? 'node')
    const isOpen = options.close !== true
    await setStakePool(writer, options.role, options.commission, isOpen)
    output.line(isOpen ? `others may delegate; ${percent(options.commission)} of their rewards are kept` : 'nobody can delegate any more')
    output.result({ role: options.role, commissionPpm: options.commission, open: isOpen })
  })
}

function settleCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('settle')
    .summary('pay out who convicted a bond')
    .description('Settles what was taken of a bond by proof and is not settled yet: books it and pays whoever proved the fault. Anyone may; until then the bond covers nothing.')
    .argument('<account>', 'a key’s name or an address')
  examples(command, [['openledger stake settle gateway', 'after a proof whose sender went away']])
  runs<object>(context, command, async ({ options, args, output, session }) => {
    const { settleConvictions } = await import('@openledger/sdk')
    const open = await session()
    const account = await open.keys.address(args[0] as string)
    const { writer } = await open.actor(options.as ?? delegator)
    const settled = await settleConvictions(writer, account)
    output.line(settled === 0 ? 'nothing was left to settle' : `${settled} settled`)
    output.result({ account, settled })
  })
}

/** `openledger stake …` */
export function stakeCommand(context: CommandContext, program: Command): void {
  const parent = program.command('stake').summary('stand behind a node, gateway or auditor').description('Delegates OPEN to the bonds of others, takes it back, and pays out what bonds and delegations have earned.')
  examples(parent, [['openledger stake delegate node 50', 'then earn a part of what stakers get']])
  delegateCommand(context, parent)
  undelegateCommand(context, parent)
  rewardsCommand(context, parent)
  poolCommand(context, parent)
  settleCommand(context, parent)
}
