import type { Address } from 'viem'
import { epochsAbi, type Hex } from '@openledger/protocol'
import type { LedgerReader } from '../chain/connection/LedgerReader.ts'
import { readLedger } from '../chain/connection/readLedger.ts'
import { epochLists, readDemand } from '../chain/courts/demandEntry.ts'
import { readSummons } from '../chain/courts/readSummons.ts'
import { readInclusionSummons } from '../chain/courts/summonPromise.ts'
import { readAuditPay } from '../chain/executions/judgeExecution.ts'
import { readExecutionCase } from '../chain/executions/readExecutionCase.ts'
import type { MoneyEvent } from './MoneyEvent.ts'
import type { MoneyPlace } from './MoneyStatement.ts'

/** What an account put down at a court and may still get back. */
type Deposit = { court: string; about: string; amount: bigint; until: number | null; why: string }

const waits = 'it comes back, with a part of what the accused loses, when no answer comes by this time; an answer takes it'
const judged = 'it comes back when the answer is found wrong or nothing is decided; a right answer takes it'

async function demandOf(reader: LedgerReader, args: MoneyEvent['args']): ReturnType<typeof readDemand> {
  const { epochs: address } = reader.addresses
  const hashArgs = [args.gateway as Address, BigInt(args.index as string)] as const
  const epochHash = await readLedger(reader, 'epoch', (client) => client.readContract({ address, abi: epochsAbi, functionName: 'epochHash', args: hashArgs }))
  return readDemand(reader, epochHash, epochLists[Number(args.list)]!, Number(args.place))
}

/** The deposit behind one event; null when it is gone. */
async function depositOf(reader: LedgerReader, account: Address, { name, args }: MoneyEvent): Promise<Deposit | null> {
  const receiptId = args.receiptId as Hex
  const own = (found: { accuser: Address; deposit: bigint; answerBy: number } | null, court: string, about: string): Deposit | null =>
    found?.accuser.toLowerCase() === account ? { court, about, amount: found.deposit, until: found.answerBy, why: waits } : null
  switch (name) {
    case 'AttributionCourt.Summoned':
      return own(await readSummons(reader, receiptId), 'attribution', receiptId)
    case 'InclusionCourt.InclusionSummoned':
      return own(await readInclusionSummons(reader, args.gateway as Address, receiptId), 'inclusion', receiptId)
    case 'EpochCourt.Demanded':
      return own(await demandOf(reader, args), 'epoch', `${args.gateway as string} ${args.index as string}`)
    case 'ExecutionCourt.ExecutionSummoned': {
      const found = await readExecutionCase(reader, receiptId)
      const stands = found && !found.drawn && found.accuser.toLowerCase() === account && (found.stage === 'summoned' || found.stage === 'judged')
      return stands ? { court: 'execution', about: receiptId, amount: found.deposit, until: found.stage === 'summoned' ? found.until : null, why: judged } : null
    }
    case 'ExecutionCourt.Appealed':
      return { court: 'appeal', about: receiptId, amount: BigInt(args.bond as string), until: null, why: 'it comes back when the larger committee agrees with the appeal, or decides nothing' }
    default:
      return null
  }
}

/**
 * What an account has at the courts: deposits and bonds of appeals that stand, and what the court of executions owes it. How much a deposit is stands in no
 * event, so it comes from the chain; what was decided is not listed.
 * @param standing the summonses, demands and appeals of the account that no later event decides
 */
export async function courtPlaces(reader: LedgerReader, account: Address, standing: readonly MoneyEvent[]): Promise<MoneyPlace[]> {
  const self = account.toLowerCase() as Address
  const [owed, ...deposits] = await Promise.all([readAuditPay(reader, self), ...standing.map(async (event) => ({ event, deposit: await depositOf(reader, self, event) }))])
  const nothing = { paidIn: 0n, earned: 0n, spent: 0n, paidOut: 0n, held: 0n, free: 0n, until: null, moves: [] }
  const pay: MoneyPlace[] = owed === 0n ? [] : [{ ...nothing, kind: 'deposit', id: 'execution, owed', earned: owed, held: owed, free: owed, why: 'the court owes it: pay of an auditor, or what came back of a case; openledger auditor withdraw takes it' }]
  return deposits.reduce<MoneyPlace[]>((places, { event: { time, transaction }, deposit }) => {
    if (deposit) {
      const { court, about, amount, until, why } = deposit
      places.push({ ...nothing, kind: 'deposit', id: `${court}, ${about}`, paidIn: amount, held: amount, until, why, moves: [{ time, transaction, what: 'put down', amount }] })
    }
    return places
  }, pay)
}
