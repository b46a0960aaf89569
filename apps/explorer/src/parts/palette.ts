const hues = [212, 28, 142, 330, 268, 52, 186, 4, 96, 300, 240, 72, 166, 350, 120, 20]

/** A stable colour for the n-th contributor of an answer; readable on light and dark ground. */
export function contributorColour(index: number): { line: string; fill: string } {
  const hue = hues[index % hues.length] ?? 0
  return { line: `hsl(${hue} 70% 45%)`, fill: `hsl(${hue} 80% 50% / 0.22)` }
}
