import { formatOpen } from '@openledger/protocol'

/** Shortens a hash or address for reading; the whole value belongs in a title. */
export function shortHash(hash: string): string {
  return hash.length > 14 ? `${hash.slice(0, 8)}…${hash.slice(-4)}` : hash
}

/** An amount of OPEN with at most six digits behind the point; an amount too small to show says so. */
export function openAmount(units: string | bigint): string {
  const amount = BigInt(units)
  const [whole = '0', fraction = ''] = formatOpen(amount).split('.')
  const kept = fraction.slice(0, 6).replace(/0+$/, '')
  if (amount > 0n && whole === '0' && kept === '') return '< 0.000001 OPEN'
  return `${whole}${kept ? `.${kept}` : ''} OPEN`
}

/** Parts per million as a percentage. */
export function percent(ppm: number): string {
  return `${(ppm / 10_000).toFixed(1)} %`
}

/** Unix seconds as local time. */
export function clockTime(seconds: number | string): string {
  return new Date(Number(seconds) * 1000).toLocaleString()
}
