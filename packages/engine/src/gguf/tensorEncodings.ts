/** Block sizes of the element encodings that can be read, by ggml's type number. */
export const tensorEncodings: ReadonlyMap<number, { name: string; blockValues: number; blockBytes: number }> = new Map(
  (
    [
      [0, 'F32', 1, 4],
      [1, 'F16', 1, 2],
      [2, 'Q4_0', 32, 18],
      [3, 'Q4_1', 32, 20],
      [6, 'Q5_0', 32, 22],
      [7, 'Q5_1', 32, 24],
      [8, 'Q8_0', 32, 34],
      [10, 'Q2_K', 256, 84],
      [11, 'Q3_K', 256, 110],
      [12, 'Q4_K', 256, 144],
      [13, 'Q5_K', 256, 176],
      [14, 'Q6_K', 256, 210],
      [30, 'BF16', 1, 2],
    ] as const
  ).map(([id, name, blockValues, blockBytes]) => [id, { name, blockValues, blockBytes }]),
)
