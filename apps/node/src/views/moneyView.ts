import { fail, toJson, type Network } from '@openledger/protocol'
import { accountMoney, addressesOfNetwork, courtPlaces, delegationPlace, delegationsOf, readDelegation, readStake, readWopenBalance, type BalanceView, type MoneyEvent, type MoneyPlace, type MoneyView, type StakeRole } from '@openledger/sdk'
import type { Address, Hex } from 'viem'
import type { ChainAccess } from '../chain/ChainAccess.ts'
import { errorFields, type Log } from '../config/Log.ts'
import type { Query } from '../database/Database.ts'
import type { Names } from '../keys/Names.ts'
import type { Balances } from './Balances.ts'
import { listEpochs } from './epochViews.ts'
import { moneyEventOf, standingDeposits, type MoneyEventRow } from './standingDeposits.ts'

export type MoneyParts = { query: Query; balances: Balances; chain: ChainAccess; names: Names; network: Network; gateway: Address; log: Log }

const roles: readonly StakeRole[] = ['node', 'gateway', 'auditor']

/** The events that move an account's coins, in the order of the chain. */
const moving = `select e.name, e.args, e.time, e.transaction from chain_events e where
    (e.name like 'Channels.%' and e.args->>'channelId' in (select o.args->>'channelId' from chain_events o where o.name = 'Channels.ChannelOpened' and o.args->>'payer' = $1))
    or (e.name like 'Stakes.%' and (e.args->>'account' = $1 or $1 in (e.args->>'prover', e.args->>'delegator', e.args->>'node')))
    or (e.name in ('Guarantees.Deposited', 'Guarantees.Withdrawn') and e.args->>'account' = $1)
    or (e.name in ('Guarantees.Accepted', 'Guarantees.Settled') and e.args->>'guaranteeId' in (select g.args->>'guaranteeId' from chain_events g
      where g.name = 'Guarantees.Accepted' and $1 in (g.args->'guarantee'->>'agent', g.args->'guarantee'->>'client')))
    or (e.name like 'Estates.%' or e.name = 'Channels.Collected') and e.args->>'gateway' in (select o.args->>'gateway' from chain_events o where o.name in ('Estates.ClaimFiled', 'Estates.EstateOpened'))
  order by e.block_number, e.log_index`

async function earningsPlace({ query, gateway }: MoneyParts, { payee, final, pending, claimed, claimable }: BalanceView, now: number): Promise<MoneyPlace[]> {
  const earned = BigInt(final) + BigInt(pending)
  if (earned === 0n && BigInt(claimed) === 0n) return []
  const open = (await listEpochs(query, gateway, now)).filter((epoch) => !epoch.final)
  const claims = await query<{ time: string; transaction: Hex; amount: string }>(
    `select time, transaction, args->>'amount' as amount from chain_events where name = 'Epochs.Claimed' and args->>'payee' = $1 and args->>'gateway' = $2 order by block_number, log_index`,
    [payee, gateway.toLowerCase()],
  )
  const why = [
    ...(BigInt(claimable) > 0n ? [`${claimable === earned.toString() ? 'all of it' : 'a part'} can be claimed: openledger claim`] : []),
    ...(BigInt(pending) > 0n ? ['in epochs that can still be disputed until this time'] : []),
  ]
  return [
    {
      kind: 'earnings',
      id: gateway.toLowerCase(),
      paidIn: 0n,
      earned,
      spent: 0n,
      paidOut: BigInt(claimed),
      held: earned - BigInt(claimed),
      free: BigInt(claimable),
      until: BigInt(pending) > 0n ? Math.max(...open.map((epoch) => epoch.finalAt), now) : null,
      why: why.join('; ') || 'all of it was claimed',
      moves: claims.map(({ time, transaction, amount }) => ({ time: Number(time), transaction, what: 'claimed', amount: -BigInt(amount) })),
    },
  ]
}

/** What lies in the account itself and at the courts, the rewards that its bonds could claim, and its delegations; null while the chain is away. */
async function onChain({ query, chain, network, log }: MoneyParts, account: Address, events: readonly MoneyEvent[], now: number): Promise<{ wallet: { open: bigint; wopen: bigint }; places: MoneyPlace[] } | null> {
  const reader = { publicClient: chain.client, addresses: addressesOfNetwork(network), timeoutMs: 2000 }
  try {
    const [open, wopen, ...stakes] = await Promise.all([chain.client.getBalance({ address: account }), readWopenBalance(reader, account), ...roles.map((role) => readStake(reader, account, role))])
    const rewards = stakes.flatMap(({ rewards: owed }, i): MoneyPlace[] =>
      owed === 0n ? [] : [{ kind: 'rewards', id: `${roles[i]!}, not claimed`, paidIn: 0n, earned: owed, spent: 0n, paidOut: 0n, held: owed, free: owed, until: null, why: 'rewards of the bond; they can be claimed', moves: [] }],
    )
    const keys = delegationsOf(account, events)
    const states = await Promise.all(keys.map(({ to, role }) => readDelegation(reader, account, to, role)))
    const delegations = keys.map((key, i) => delegationPlace(account, key, events, states[i]!, now))
    const courts = await courtPlaces(reader, account, await standingDeposits(query, account))
    return { wallet: { open, wopen }, places: [...rewards, ...delegations, ...courts] }
  } catch (error) {
    log.warn('money.unread', errorFields(error))
    return null
  }
}

/**
 * Where an account's coins are: in its channels, its bonds, its promises, the epochs of this gateway, and in its own hands.
 * @param now Unix seconds
 * @throws OpenLedgerError MONEY_DOES_NOT_ADD_UP when the events that this node has indexed leave a coin unexplained
 */
export async function readMoney(parts: MoneyParts, account: Address, now: number): Promise<MoneyView> {
  const self = account.toLowerCase() as Address
  const events = (await parts.query<MoneyEventRow>(moving, [self])).map(moneyEventOf)
  const [balance, chain] = await Promise.all([parts.balances.read(self, now), onChain(parts, self, events, now)])
  const statement = accountMoney(self, events, now, [...(chain?.places ?? []), ...(await earningsPlace(parts, balance, now))])
  for (const { kind, id, paidIn, earned, spent, paidOut, held } of statement.places) {
    if (paidIn + earned !== spent + paidOut + held || held < 0n) fail('MONEY_DOES_NOT_ADD_UP', `what this node knows of ${kind} ${id} does not add up`, { status: 503, action: 'retry', fix: 'wait until the node has read the newest block; if it stays, stop the node and remove the folder db of its data: it is made again from the chain' })
  }
  return { ...(toJson(statement) as object as MoneyView), name: balance.name, wallet: chain && { open: chain.wallet.open.toString(), wopen: chain.wallet.wopen.toString() } }
}
