import { lowerAll, lowerSubstrings, raiseAll, raiseSubstrings } from './induce'

// Exported for one reason: a function with a second caller is not pulled into its first, where a runtime could not change to optimised code
// between two calls.

export function raiseSubstringsOfWords(text: usize, out: usize, from: i32, to: i32, next: usize): void {
  raiseSubstrings<i32>(text, out, from, to, next)
}

export function raiseSubstringsOfShorts(text: usize, out: usize, from: i32, to: i32, next: usize): void {
  raiseSubstrings<u16>(text, out, from, to, next)
}

export function lowerSubstringsOfWords(text: usize, out: usize, from: i32, to: i32, next: usize): void {
  lowerSubstrings<i32>(text, out, from, to, next)
}

export function lowerSubstringsOfShorts(text: usize, out: usize, from: i32, to: i32, next: usize): void {
  lowerSubstrings<u16>(text, out, from, to, next)
}

export function raiseAllOfWords(text: usize, out: usize, from: i32, to: i32, next: usize): void {
  raiseAll<i32>(text, out, from, to, next)
}

export function raiseAllOfShorts(text: usize, out: usize, from: i32, to: i32, next: usize): void {
  raiseAll<u16>(text, out, from, to, next)
}

export function lowerAllOfWords(text: usize, out: usize, from: i32, to: i32, next: usize): void {
  lowerAll<i32>(text, out, from, to, next)
}

export function lowerAllOfShorts(text: usize, out: usize, from: i32, to: i32, next: usize): void {
  lowerAll<u16>(text, out, from, to, next)
}
