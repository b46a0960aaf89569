import { consentTerms, readConsent, type ConsentTerms, type TrainingRun } from '@openledger/protocol'
import type { ChainAdapter, ChainView } from '../chain/ChainView.ts'
import { falseClaim } from '../report/Auditor.ts'

/**
 * Checks that each datanet behind an adapter allowed it by the terms that stood when it was registered: its trainer, the licence under which it is
 * passed on, and the sale of its answers where the chain says that they may be sold.
 * @returns what each contribution must have allowed, and what was found
 */
export async function checkTraining({ adapterId, trainer, licence, snapshotIds }: TrainingRun, { isPaidUseAllowed }: ChainAdapter, chain: Pick<ChainView, 'snapshot' | 'rights'>): Promise<{ needed: ConsentTerms; line: string }> {
  let isForAnyone = false
  for (const snapshotId of snapshotIds) {
    const snapshot = await chain.snapshot(snapshotId)
    if (!snapshot) return falseClaim(`the chain knows no snapshot ${snapshotId}`)
    const { datanetId } = snapshot
    const rights = await chain.rights(adapterId, datanetId, trainer)
    if (!rights) return falseClaim(`the chain knows no terms of datanet ${datanetId}`)
    const { training, sold } = readConsent(rights.consent)
    const isAllowed = rights.isListed ? training !== 'nobody' : rights.isOpen && training === 'anyone'
    if (!isAllowed) falseClaim(`datanet ${datanetId} did not allow ${trainer} to train when adapter ${adapterId} was registered`)
    if (!rights.licences.includes(licence)) falseClaim(`datanet ${datanetId} did not allow adapters under ${licence.slice(0, 100)} when adapter ${adapterId} was registered`)
    if (isPaidUseAllowed && !sold) falseClaim(`datanet ${datanetId} did not allow the sale of answers when adapter ${adapterId} was registered`)
    isForAnyone ||= !rights.isListed
  }
  const sale = isPaidUseAllowed ? ', and sale of its answers' : ''
  return { needed: consentTerms({ training: isForAnyone ? 'anyone' : 'allowed', sold: isPaidUseAllowed }), line: `the terms of ${snapshotIds.length} snapshots allowed this trainer and the licence ${licence}${sale}` }
}
