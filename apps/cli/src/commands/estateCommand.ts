import type { Command } from 'commander'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { examples } from './examples.ts'
import { when } from './format.ts'

const actor = 'operator'
const days = (seconds: number): string => `${Math.floor(seconds / 86_400)} days`

function showCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('show')
    .summary('how long a gateway has been silent, and what it left')
    .description('Shows for how long a gateway was seen silent, and of an open estate what is in it, what is claimed, and when it is paid out.')
    .argument('<gateway>', 'a key’s name or an address')
  examples(command, [['openledger estate show gateway', 'nothing is sent']])
  runs<object>(context, command, async ({ args, output, session }) => {
    const { formatOpen } = await import('@openledger/protocol')
    const { readEstate } = await import('@openledger/sdk')
    const open = await session()
    const gateway = await open.keys.address(args[0] as string)
    const estate = await readEstate(open.reader, gateway)
    output.field('silent', `${days(estate.silent)}, seen ${when(estate.seenAt === 0 ? null : estate.seenAt)}`)
    if (estate.announcedAt !== 0) output.field('opening announced', when(estate.announcedAt))
    output.field('claimed', `${formatOpen(estate.claims)} OPEN`)
    if (estate.openedAt === 0) output.line('the estate is not open')
    else {
      output.field('left', `${formatOpen(estate.coins)} OPEN`)
      output.field('takes claims until', when(estate.filingEndsAt))
      output.field('paid out from', when(estate.settlesAt))
    }
    output.result({ gateway, ...estate })
  })
}

function watchCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('watch')
    .summary('look at a gateway, so that its silence counts')
    .description('Looks at a gateway on the chain: the time since the last look, at most 15 days of it, counts as silence, unless it has posted an epoch. After 90 days its promised receipts can be claimed, after 365 its estate can be announced (--announce) and opened without a promise.')
    .argument('<gateway>', 'a key’s name or an address')
    .option('--announce', 'announce that the estate opens in 30 days')
  examples(command, [['openledger estate watch 0x00000000000000000000000000000000000000ad --as operator', 'at least every 15 days']])
  runs<{ announce?: boolean }>(context, command, async ({ options, args, output, session }) => {
    const { announceEstate, watchGateway } = await import('@openledger/sdk')
    const open = await session()
    const gateway = await open.keys.address(args[0] as string)
    const { writer } = await open.actor(options.as ?? actor)
    const seen = await watchGateway(writer, gateway)
    if (options.announce === true) await announceEstate(writer, gateway)
    output.line(`silent for ${days(seen.silent)}`)
    output.result({ gateway, ...seen })
  })
}

function fileCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('file')
    .summary('claim a promised receipt of a silent gateway')
    .description('Claims a receipt that openledger ask has kept, with the gateway’s promise beside it, from what the silent gateway left. A deposit is put down: it comes back when the receipt is paid, and is lost when somebody shows that an epoch settled it.')
    .argument('<receipt>', 'the receipt’s id or its beginning')
  examples(command, [['openledger estate file 0x1a2b3c --as payer', 'after 90 days of silence']])
  runs<object>(context, command, async ({ options, args, output, session }) => {
    const { fileClaim } = await import('../verbs/fileClaim.ts')
    const claim = await fileClaim(await session(), args[0] as string, options.as ?? actor)
    output.line(`claimed; it can be refuted until ${when(claim.answerBy)}, then: openledger estate open ${claim.gateway} ${claim.receiptId}`)
    output.result(claim)
  })
}

function attributeCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('attribute')
    .summary('show the attribution of a claimed receipt')
    .description('Shows the Attribution that a kept receipt got after it was claimed, while the estate takes claims: its shares take the place of the receipt’s. Run openledger receipt before, so that it is kept.')
    .argument('<receipt>', 'the receipt’s id or its beginning')
  examples(command, [['openledger estate attribute 0x1a2b3c', 'contributors are paid by it']])
  runs<object>(context, command, async ({ options, args, output, session }) => {
    const { fail } = await import('@openledger/protocol')
    const { attributeEstateClaim } = await import('@openledger/sdk')
    const { keptReceipt } = await import('../verbs/keptReceipt.ts')
    const ledger = await session()
    const { receiptId, bundle, promise } = await keptReceipt(ledger, args[0] as string)
    if (!bundle.completion) fail('NO_ATTRIBUTION', 'the kept receipt has no Attribution yet', { field: 'receipt', fix: 'get it from the node: openledger receipt <id>' })
    const { writer } = await ledger.actor(options.as ?? actor)
    const { gateway } = promise.statement
    await attributeEstateClaim(writer, gateway, bundle, bundle.shares)
    output.line(`its shares, ${bundle.shares.length} of them, are those of the Attribution`)
    output.result({ gateway, receiptId, shares: bundle.shares })
  })
}

function withdrawCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('withdraw')
    .summary('take a claim’s deposit back')
    .description('Takes the deposit of a claim back after its gateway has come back; it goes to who filed the claim.')
    .argument('<gateway>', 'a key’s name or an address')
    .argument('<receipt>', 'the claimed receipt’s id')
  examples(command, [['openledger estate withdraw gateway 0x… --as payer', 'the gateway settles again']])
  runs<object>(context, command, async ({ options, args, output, session }) => {
    const { withdrawClaim } = await import('../verbs/withdrawClaim.ts')
    const ledger = await session()
    const gateway = await ledger.keys.address(args[0] as string)
    const { writer } = await ledger.actor(options.as ?? actor)
    await withdrawClaim(writer, gateway, args[1] as `0x${string}`)
    output.line('the deposit went back to who filed the claim')
    output.result({ gateway, receiptId: args[1] as string })
  })
}

function openCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('open')
    .summary('open the estate of a silent gateway')
    .description('Opens the estate of a silent gateway and closes the gateway for good, with a claim that nobody has refuted in 30 days, or without one 30 days after an announcement.')
    .argument('<gateway>', 'a key’s name or an address')
    .argument('[receipt]', 'the claimed receipt’s id')
  examples(command, [['openledger estate open gateway 0x…', 'with the whole id of a claimed receipt']])
  runs<object>(context, command, async ({ options, args, output, session }) => {
    const { formatOpen } = await import('@openledger/protocol')
    const { openEstate } = await import('@openledger/sdk')
    const ledger = await session()
    const gateway = await ledger.keys.address(args[0] as string)
    const { writer } = await ledger.actor(options.as ?? actor)
    const estate = await openEstate(writer, gateway, (args[1] as `0x${string}` | undefined) ?? null)
    output.line(`${formatOpen(estate.coins)} OPEN were left; it takes claims until ${when(estate.filingEndsAt)} and pays from ${when(estate.settlesAt)} on`)
    output.result({ gateway, ...estate })
  })
}

function payCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('pay')
    .summary('pay a claimed receipt’s shares out')
    .description('Pays the shares of a claimed receipt to their payees, whoever sends it, once the estate has settled.')
    .argument('<gateway>', 'a key’s name or an address')
    .argument('<receipt>', 'the claimed receipt’s id')
  examples(command, [['openledger estate pay gateway 0x…', 'every payee gets its share']])
  runs<object>(context, command, async ({ options, args, output, session }) => {
    const { formatOpen } = await import('@openledger/protocol')
    const { payEstateClaim } = await import('@openledger/sdk')
    const ledger = await session()
    const gateway = await ledger.keys.address(args[0] as string)
    const { writer } = await ledger.actor(options.as ?? actor)
    const paid = await payEstateClaim(writer, gateway, args[1] as `0x${string}`)
    output.line(`${formatOpen(paid)} WOPEN are paid out`)
    output.result({ gateway, receiptId: args[1] as string, paid })
  })
}

function refundCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('refund')
    .summary('take back what no receipt claims')
    .description('Pays the payers of channels their parts of what no promised receipt claims, in proportion to what was collected from each, once the estate has settled.')
    .argument('<gateway>', 'a key’s name or an address')
    .argument('[channels...]', 'the channels’ ids')
  examples(command, [['openledger estate refund gateway 0x…', 'one channel; openledger money <key> lists them']])
  runs<object>(context, command, async ({ options, args, output, session }) => {
    const { formatOpen } = await import('@openledger/protocol')
    const { refundChannels } = await import('@openledger/sdk')
    const ledger = await session()
    const gateway = await ledger.keys.address(args[0] as string)
    const { writer } = await ledger.actor(options.as ?? actor)
    const paid = await refundChannels(writer, gateway, args[1] as `0x${string}`[])
    output.line(`${formatOpen(paid)} WOPEN went back`)
    output.result({ gateway, paid })
  })
}

/** `openledger estate` */
export function estateCommand(context: CommandContext, program: Command): void {
  const parent = program.command('estate').summary('what a silent gateway left').description('What a gateway collected and never divided because it posts nothing any more: promised receipts are paid from it, the rest goes back to the payers.')
  examples(parent, [
    ['openledger estate show gateway', 'how long it has been silent'],
    ['openledger estate watch gateway', 'let the silence count'],
  ])
  for (const add of [showCommand, watchCommand, fileCommand, attributeCommand, withdrawCommand, openCommand, payCommand, refundCommand]) add(context, parent)
}
