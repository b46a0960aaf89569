/** Verbs for handling physical things, base form; irregular ones as base/past/participle. */
export const handlingVerbs = `add bake bend/bent/bent bind/bound/bound boil brush build/built/built burn bury carry carve catch/caught/caught clean collect cook cool cover crush
cut/cut/cut deliver dig/dug/dug drag drain draw/drew/drawn drop dry empty fasten feed/fed/fed fetch fill fix fold gather grind/ground/ground grow/grew/grown hang/hung/hung
harvest heat hide/hid/hidden hold/held/held join keep/kept/kept knit lift light/lit/lit load lock lower melt mend mix move open pack paint peel pick place plant plow polish pour
press protect pull pump push raise remove repair replace roll rub scrape sell/sold/sold send/sent/sent separate sew/sewed/sewn shape sharpen shelter slice smooth
soak sort split/split/split spread/spread/spread squeeze stack steer stir store stretch supply sweep/swept/swept tie tighten tow trap trim turn twist unload wash water wear/wore/worn weave/wove/woven weigh wrap`

/** Verbs for handling information, rights and money. */
export const ledgerVerbs = `accept adjust agree analyze announce answer anchor approve archive arrange assign attach audit award back/backed/backed ban bill block borrow broadcast/broadcast/broadcast cancel calculate certify change charge
check choose/chose/chosen cite claim classify close collect combine commit compare compress compute confirm connect control convert copy correct count create credit decide
decode declare define delay delete deliver deny deploy deposit describe design detect determine discover distribute divide document download earn edit encode encrypt
enforce enter estimate evaluate examine exchange execute explain export extend fetch filter finance find/found/found finish fund generate give/gave/given grant group guarantee guard guide
hash identify import improve include index inspect install insure invest invite issue join judge label launch lease lend/lent/lent license limit link list lock log manage mark match
measure merge mint monitor name notify number observe offer open order organize own pay/paid/paid permit pledge post predict prepare present print process produce promise
propose prove publish punish query quote rank rate read/read/read rebuild/rebuilt/rebuilt receive recommend record recover reduce refund refuse register reject release remember
remove rename renew rent repeat replace replay report request require reserve reset resolve restore retrieve return reveal review revoke reward run/ran/run sample save
scan schedule score seal search secure select sell/sold/sold separate serve settle share sign slash solve sort split/split/split stake start stop store stream submit subtract
suggest sum support suspend swap teach/taught/taught test trace track trade train transfer translate trust tune update upload use validate verify vote warn watch
weigh withdraw/withdrew/withdrawn write/wrote/written`

/** Verbs for what people, animals and things do by themselves. */
export const doingVerbs = `act appear argue arrive ask begin/began/begun behave blow/blew/blown break/broke/broken breathe bring/brought/brought call change climb come/came/come complain continue cough cry dance depend disappear dream
drift drink/drank/drunk eat/ate/eaten escape exist expand fail fall/fell/fallen fight/fought/fought float flow fly/flew/flown follow forget/forgot/forgotten gather go/went/gone happen hear/heard/heard help hope hunt
hurry jump kneel/knelt/knelt know/knew/known laugh lead/led/led lean learn leave/left/left lie/lay/lain listen live look lose/lost/lost love march marry meet/met/met need nod notice obey occur
pass play point pray promise quarrel rain reach react relax remain rest ride/rode/ridden ring/rang/rung rise/rose/risen run/ran/run sail see/saw/seen seem shake/shook/shaken shine/shone/shone
shout shrink/shrank/shrunk sing/sang/sung sit/sat/sat sleep/slept/slept smell smile sneeze speak/spoke/spoken spend/spent/spent stand/stood/stood stare stay struggle succeed suffer swim/swam/swum talk
taste tell/told/told think/thought/thought throw/threw/thrown travel tremble understand/understood/understood visit wait wake/woke/woken walk wander want whisper whistle win/won/won wish wonder work worry yell`
