import { shortHash } from './format.ts'

/** A hash or address, shortened; the whole value shows on hover and is copied by a click. */
export function Hash({ value }: { value: string }) {
  return (
    <button type="button" class="hash" title={`${value} (click to copy)`} onClick={() => void navigator.clipboard?.writeText(value)}>
      {shortHash(value)}
    </button>
  )
}
