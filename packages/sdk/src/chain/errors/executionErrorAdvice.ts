import { input, proof, type Advice } from './Advice.ts'

/** What to do about each custom error of the beacon and of the court of executions, by the error's name. */
export const executionErrorAdvice: Record<string, Advice> = {
  // SamplingBeacon
  NotOwner: input('propose it: the terms of audits are set by the owner of Parameters, the timelock'),
  TermsOutOfBounds: input('choose a rate from 100 to 100,000 ppm, a committee of 3, 5 or 7, and a fee of at most 100 OPEN'),
  EpochNotOpen: input('use the header of an epoch that stands'),
  AlreadyAnnounced: input('nothing is left to do: the draw is announced'),
  NotAnnounced: input('announce the draw first'),
  AnswerTooLong: input('answers of more than 20,000 tokens, with their prompts, do not fit a transaction and are not judged'),
  // ExecutionCourt
  NotSampled: input('the beacon did not draw this receipt, or its seed is not taken: put a deposit down to challenge it'),
  AlreadyTried: input('nothing is left to do: there is or was a case about this receipt'),
  WrongStage: input('read the case: it has gone on, or there is none'),
  WrongOpening: proof('show what the receipt was made from: its salt, tokens, sampling parameters and profile'),
  NotOnCommittee: input('enrol before cases begin; who is a party, was not drawn or did not commit has no vote'),
  AlreadyVoted: input('nothing is left to do: this auditor has voted, or lost a part of its bond for not voting'),
  WrongVote: proof('reveal the verdict and the salt that were committed to'),
  LastInstance: input('there is no further appeal: wait for the end of the reveals and settle'),
}
