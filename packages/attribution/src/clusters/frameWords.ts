/** English words of which questions and sentences are built, whatever they are about. Another language has none here: its paraphrases must keep every word. */
const list = `a an the this that these those which who whom whose what what's whats when where how is are was were be been being am do does did done doing
has have had having can could will would shall should may might must i i'd i'm me my you your we us our he she it it's its they them their
of for to in on at by as with from into about concerning and or so then there here also very really indeed quite just well now thus hence namely
tell say said says know define describe explain name give show state please mean means meant meaning word term called refers refer like want learn
sure yes ok okay answer question think let hope helps help all everybody knows following briefly simply put is's who's that's
serve way sort kind type means something someone somebody thing person i've would've`
export const frameWords: ReadonlySet<string> = new Set(list.split(/\s+/))

/** Words that turn a statement round, and numbers: two records that do not share them are never one. */
export const turningWords: ReadonlySet<string> = new Set(
  "not no never nor neither without except unless none nobody nothing cannot can't don't doesn't didn't won't wouldn't isn't aren't wasn't weren't hasn't haven't shouldn't couldn't before after above below under over more less most least first last left right north south east west minus plus increase decrease always only one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion half twice double".split(' '),
)
