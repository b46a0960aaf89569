/** The gas figures that tests took, by group and name, and the committed ones. */
export class GasFigures {
  readonly taken = new Map<string, bigint>()

  take(group: string, name: string, value: bigint): void {
    this.taken.set(`${group}: ${name}`, value)
  }

  /**
   * Compares with the committed figures, which Forge measured.
   * @param committed figures by group and name, in gas
   * @returns one line per figure that differs, or that only one side has
   */
  differences(committed: Readonly<Record<string, Readonly<Record<string, string>>>>): string[] {
    const expected = new Map<string, bigint>(Object.entries(committed).flatMap(([group, figures]) => Object.entries(figures).map(([name, gas]) => [`${group}: ${name}`, BigInt(gas)] as const)))
    const names = [...new Set([...expected.keys(), ...this.taken.keys()])].sort()
    return names.flatMap((name) => {
      const [here, there] = [this.taken.get(name), expected.get(name)]
      return here === there ? [] : [`${name}: ${here ?? 'nothing'} here, ${there ?? 'nothing'} committed`]
    })
  }
}
