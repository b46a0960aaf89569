import { bondStake, readParameters, readStake, type StakeRole } from '@openledger/sdk'
import type { Network } from '@openledger/protocol'
import type { PrivateKeyAccount } from 'viem/accounts'
import { readerOf, writerOf } from '../context/ledgerClients.ts'

/** Sees to it that an account has the smallest stake that its role needs; bonds what is missing. */
export async function ensureStake(network: Network, account: PrivateKeyAccount, role: StakeRole): Promise<void> {
  const writer = writerOf(network, readerOf(network), account)
  const [{ minimumStake }, { bonded }] = await Promise.all([readParameters(writer), readStake(writer, account.address, role)])
  if (bonded < minimumStake) await bondStake(writer, role, minimumStake - bonded)
}
