/** Euclidean norm of a gradient, summed in float64 in index order. */
export function gradientNorm(gradient: Float32Array): number {
  let sum = 0
  for (let i = 0; i < gradient.length; i++) sum += gradient[i] * gradient[i]
  return Math.sqrt(sum)
}

/** The factor that brings a gradient of this norm under `clipNorm`; 1 when it is already there or clipping is off (0). */
export function clipFactor(norm: number, clipNorm: number): number {
  return clipNorm > 0 && norm > clipNorm ? clipNorm / norm : 1
}
