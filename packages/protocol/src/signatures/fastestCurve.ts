import type { Curve } from './Curve.ts'
import { javascriptCurve } from './javascriptCurve.ts'
import { loadNativeCurve } from './loadNativeCurve.ts'

/** The fastest implementation that this process has, loaded with the module, so that no signature waits for an import. */
export const fastestCurve: Curve = loadNativeCurve() ?? javascriptCurve
