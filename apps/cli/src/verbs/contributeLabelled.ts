import type { DraftRecord } from '@openledger/datanet'
import type { ConsentTerms } from '@openledger/protocol'
import type { Session } from '../context/Session.ts'
import { contribute, type Contributed, type ContributeStage } from './contribute.ts'
import { ensureFunds } from './ensureFunds.ts'
import { splitByLabel, type Selection } from './splitByLabel.ts'

export type LabelledInput = Selection & {
  datanetId: bigint
  /** Each with its contributor's label. */
  records: readonly DraftRecord[]
  licence: string
  consent: ConsentTerms
  /** Make a key for each label that has none, and give it OPEN for gas from the key `funder`. Default false. */
  createKeys?: boolean
  funder?: string
  onContributor?: (contributor: string, stage: ContributeStage | 'key', done: number, of: number) => void
}

/**
 * Gives a file of several contributors' records to a datanet, one contribution for each label, in order. Only for files whose labels
 * are keys of this data folder: whoever runs it signs for all of them.
 * @throws InputError as splitByLabel; NO_KEY; whatever `contribute` throws
 */
export async function contributeLabelled(session: Session, input: LabelledInput): Promise<Contributed[]> {
  const { datanetId, licence, consent, createKeys = false, funder = 'operator', onContributor } = input
  const groups = splitByLabel(input.records, input)
  const contributed: Contributed[] = []
  for (const [i, { key, records }] of groups.entries()) {
    if (createKeys) {
      const { address } = await session.keys.ensure(key)
      await ensureFunds(session, address, funder)
      onContributor?.(key, 'key', i, groups.length)
    }
    const onStage = (stage: ContributeStage): void => onContributor?.(key, stage, i, groups.length)
    contributed.push(await contribute(session, { datanetId, contributor: key, records, licence, consent, onStage }))
  }
  return contributed
}
