import type { Command } from 'commander'
import type { GlobalOptions } from '../context/options.ts'
import type { Places, Session } from '../context/Session.ts'
import { Output, type Streams } from '../output/Output.ts'

/** What the commands share: where text goes, and what the process will say in the end. */
export type CommandContext = { streams: Streams; exitCode: number }

/** One call of a command. */
export type CommandCall<Options> = {
  /** The command's own options. */
  options: Options & GlobalOptions
  /** What stands in the place of its arguments; a variadic one is a list. */
  args: readonly unknown[]
  output: Output
  /** Opens the data folder; nothing is read before. */
  session(places?: Places): Promise<Session>
}

/**
 * Gives a command its work. Modules that take long to load belong into the work, by `await import`, so that help stays quick.
 * @param work returns the exit code, 0 when it returns nothing
 */
export function runs<Options>(context: CommandContext, command: Command, work: (call: CommandCall<Options>) => Promise<number | void>): Command {
  return command.action(async (...parameters: unknown[]) => {
    const self = parameters.at(-1) as Command
    const options: Options & GlobalOptions = self.optsWithGlobals()
    const output = new Output(context.streams, options.json === true)
    const session = async (places?: Places): Promise<Session> => {
      const { openSession } = await import('../context/Session.ts')
      return openSession(options, output, places)
    }
    context.exitCode = (await work({ options, args: self.processedArgs as unknown[], output, session })) ?? 0
  })
}
