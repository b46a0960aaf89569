import { fail, missingConsent, type ConsentTerms } from '@openledger/protocol'
import { readDatanet } from '@openledger/sdk'
import type { Session } from '../context/Session.ts'

/** Checks before anything is signed that a contribution grants all that the datanet's terms promise. @throws InputError CONSENT_TOO_NARROW, UNKNOWN_DATANET */
export async function checkTerms({ reader }: Session, datanetId: bigint, consent: ConsentTerms): Promise<void> {
  const missing = missingConsent(consent, (await readDatanet(reader, datanetId)).consent)
  if (missing.length === 0) return
  fail('CONSENT_TOO_NARROW', `whoever contributes to datanet ${datanetId} must allow ${missing.join(', and ')}`, {
    field: '--consent',
    fix: 'allow it with --consent, --sold or --kept, or contribute to a datanet with narrower terms',
  })
}
