/** A cheat code that was called wrongly or that did not come true. It becomes a revert of the call with the message. */
export class CheatFailed extends Error {}
