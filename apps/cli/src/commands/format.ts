/** An id as people compare it: its first ten characters. */
export const shortId = (id: string): string => (id.startsWith('0x') ? id.slice(0, 10) : id.slice(0, 12))

/** Whom an address belongs to: the name of its key, or the address itself. */
export const whose = (name: string | null, address: string): string => name ?? address

/** Parts per million as per cent. */
export const percent = (ppm: number): string => `${(ppm / 10_000).toFixed(2).replace(/\.?0+$/, '')} %`

/** A time in Unix seconds as date and time, UTC. */
export const when = (seconds: number | null): string => (seconds === null ? '–' : new Date(seconds * 1000).toISOString().replace('T', ' ').slice(0, 19))

/** A text on one line, cut to a width. */
export function oneLine(text: string, width: number): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length <= width ? line : `${line.slice(0, width - 1)}…`
}
