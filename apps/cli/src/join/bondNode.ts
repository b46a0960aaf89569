import { fail, formatOpen, type Network } from '@openledger/protocol'
import { bondStake, readOpenToken, readParameters, readStake } from '@openledger/sdk'
import type { PrivateKeyAccount } from 'viem/accounts'
import { readerOf, writerOf } from '../context/ledgerClients.ts'

/** OPEN that stays for gas, smallest unit: a tenth of a coin. */
const gasReserve = 10n ** 17n

/**
 * Sees to it that a key has bonded a stake as a node; bonds what is missing.
 * @param stake smallest unit
 * @returns what it has bonded then
 * @throws InputError STAKE_TOO_SMALL, NO_FUNDS; as payOpen
 */
export async function bondNode(network: Network, account: PrivateKeyAccount, stake: bigint): Promise<bigint> {
  const reader = readerOf(network)
  const [{ minimumStake }, { bonded }, balance] = await Promise.all([readParameters(reader), readStake(reader, account.address, 'node'), reader.publicClient.getBalance({ address: account.address })])
  if (stake < minimumStake) fail('STAKE_TOO_SMALL', `a node bonds at least ${formatOpen(minimumStake)} OPEN on this ledger`, { field: '--stake', fix: `say --stake ${formatOpen(minimumStake)} or more` })
  const missing = stake - bonded
  if (missing <= 0n) return bonded
  // Where OPEN is a token, what is missing of it is said by the call that takes it.
  const isNative = (await readOpenToken(reader)) === null
  if (isNative && balance < missing + gasReserve) {
    fail('NO_FUNDS', `${account.address} holds ${formatOpen(balance)} OPEN; bonding ${formatOpen(missing)} takes that and some for gas`, { field: '--stake', fix: `send it ${formatOpen(missing + gasReserve - balance)} OPEN, then call this again` })
  }
  await bondStake(writerOf(network, reader, account), 'node', missing)
  return stake
}
