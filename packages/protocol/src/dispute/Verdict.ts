/** What became of an accusation: `proven` names the fault, else `reason` says why it does not hold. */
export type Verdict = { proven: true; fault: string } | { proven: false; reason: string }

export const proven = (fault: string): Verdict => ({ proven: true, fault })
export const notProven = (reason: string): Verdict => ({ proven: false, reason })
