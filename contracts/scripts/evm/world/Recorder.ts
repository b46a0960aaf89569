/** Who wants to know which instructions ran. Called for each: it has to be quick. */
export type Recorder = {
  /**
   * @param code the code that runs, the same array for each instruction of a call; creation code has its arguments behind it
   * @param counter where in it
   * @param jumps of a conditional jump, whether it is taken; undefined for every other instruction
   */
  ran(code: Uint8Array, counter: number, jumps: boolean | undefined): void
}
