import type { Command } from 'commander'

const heading = '\nExamples:\n'

/** Adds examples to a command's help: each a command line and what it does. */
export function examples(command: Command, lines: readonly (readonly [line: string, meaning: string])[]): Command {
  const width = Math.max(...lines.map(([line]) => line.length))
  return command.addHelpText('after', heading + lines.map(([line, meaning]) => `  $ ${line.padEnd(width)}   ${meaning}`).join('\n'))
}
