/** Adjectives for things. */
export const adjectives = `able abnormal abrupt absolute abstract active actual acute adjacent advanced aggressive alert alive ancient angry annual anonymous automatic available average awkward bad bare basic beautiful bent best better big bitter blank blind
bold brave brief bright brilliant broad broken busy calm capable careful careless cheap cheerful chemical chief circular civil classic clean clear clever close cold colorful comfortable common compact complete complex composite constant convenient cool
correct costly cruel curious current curved daily damp dangerous dark dead deaf dear decent deep delicate dense dependent different difficult digital dim direct dirty distant divine double dry dull dusty eager early easy eastern economic elastic electric elegant
empty endless enormous entire equal essential eternal even exact excellent exotic expensive expert explicit extra extreme faint fair faithful false familiar famous fancy far fast fat fatal fertile fierce final fine firm flat flexible fluid foreign formal
former fragile free frequent fresh friendly frozen full funny future general generous gentle genuine giant glad global golden good grand grateful grave great green greedy gross guilty handy happy hard harmful harmless harsh healthy heavy helpful
hidden high hollow holy honest hot huge human humble humid hungry ideal idle illegal immediate important impossible independent indirect individual inferior infinite inner innocent intense internal invisible jealous joint just keen kind
large last late lawful lazy legal liquid little local lonely long loose loud lovely low lower loyal lucky mad main major male marine massive mature maximum mean mechanical medical mental mild military minimum minor missing mixed mobile
moderate modern modest moist moral mutual mysterious naked narrow national native natural neat necessary negative nervous neutral new nice noble noisy normal northern numerous obvious odd official old open opposite optional ordinary organic original outer
painful pale parallel partial particular passive past patient perfect permanent personal physical plain pleasant plural poisonous polite political poor popular portable positive possible powerful practical precious precise pregnant present pretty previous
primary private probable proper proud public pure quick quiet random rapid rare raw ready real recent regular relative reliable religious remote responsible rich rigid ripe rotten rough round royal rude rural sad safe salty scarce secondary secret
secure senior sensible sensitive separate serious severe shallow sharp short shy sick silent similar simple single skilled slight slim slow small smart smooth social soft solar solid sour southern special specific spiral square stable steady steep
sticky stiff still strange strict strong stupid sudden suitable superior supreme sweet swift symbolic tall tame technical temporary tender thick thin tight tiny tired tough toxic traditional transparent tropical true typical ugly unable uncertain
uniform unique universal unknown unusual upper upright urban urgent useful useless usual valid valuable various vast vertical violent visible vital warm weak wealthy weekly western wet whole wicked wide wild wise wonderful wooden worthy wrong young`

export const adverbs = `again alone almost alone also always badly barely briefly calmly carefully clearly closely daily deeply directly early easily entirely evenly exactly fairly far fast finally firmly first forever freely gently gladly hardly honestly however
immediately instead kindly late lately later loudly mainly maybe merely mostly nearly neatly never nicely now often once only openly partly perhaps plainly politely possibly probably promptly properly publicly quickly quietly rarely rather
really regularly safely seldom separately sharply silently simply slowly smoothly softly sometimes soon still strictly suddenly surely tightly together too truly twice usually warmly weekly well widely yearly yesterday tomorrow`

export const colors = `amber black blue brown copper crimson cream golden gray green indigo lilac orange pink purple red rusty scarlet silver violet white yellow`

export const months = `Firstlight Thawmoon Seedtime Blossom Highsun Longday Hayfall Goldleaf Harvest Mistmoon Firstfrost Deepnight`

export const weekdays = `Moonday Riverday Woodday Fireday Marketday Starday Restday`

export const sounds = `bark buzz chirp click croak grunt hiss howl hum purr rattle roar scream snort squeak trill whistle`

export const regions = `northern southern eastern western upper lower central coastal inner outer`
