/** Things that can be handled. */
export const objects = `anchor apple apron arrow axe bag ball barrel basket beam bean bell belt blanket board boat bolt bone book boot bottle bowl box branch brass bread brick bridge broom brush bucket button
cable cake candle canvas cap card carpet cart chain chair chalk cheese chest chimney clay cloak clock cloth coal coat coin comb copper corn cotton crate cup curtain dish door dough drum egg engine
fabric feather fence flag flour flower fork frame fruit fur gate glass glove glue gold grain grass gravel hammer hat hay herb hide honey hook horn ice ink iron jar jewel jug kettle key kite knife knot ladder lamp
lantern leaf leather lens letter lid linen lock log loom magnet map marble mask mat meat metal milk mill mirror nail needle net nut oar oil oven paint pan paper pearl pen pepper pillow pin pipe plank plate plow pole pot
powder pump purse rack rag rail ring robe rod roof root rope rug sack saddle sail salt sand saw scale scarf scissors screw seed shell shelf shield shirt shoe shovel silk silver skin sled soap sock spear spice
spoon spring stamp statue steel stick stone stool stove straw string sugar table tank tape tea tent thread tile timber tin tool torch towel tray trunk tub tube vase vegetable wagon wall wax wheel whistle wick wire wood wool`

/** Papers, claims, signals and other carriers of information. */
export const documents = `account address agreement alarm algorithm answer archive article auction balance ballot bid bill bond book bounty budget calendar catalog certificate chapter chart check claim clause code column comment
complaint contract copy count credential database datum deed default deposit design diagram diary dictionary digest directory document draft entry error estimate evidence exam example fact fee feedback file fine fingerprint
folder form formula fund gift grade grant guarantee guide hash image index input instruction insurance interest inventory invitation invoice item journal key label law ledger lesson letter level library license line
link list loan log map mark measure meeting membership memory menu message method metric minute mistake model name network news note notice number oath offer opinion order outcome output page parameter password
patent patch pattern payment penalty pension permit photo picture plan pledge poem point policy portion post prediction prescription price prize profile profit program promise proof property proposal protocol query question
queue quote rank rate rating reason receipt recipe record reference refund register release reminder rent reply report request reserve result review reward right risk role rule salary sample schedule score script seal
section sentence series service session share signal signature snapshot solution song source speech stake standard statement statistic step story subject sum summary survey symbol table tag task tax template test theory threat ticket
title token topic total trace trade transcript transfer treaty tree trial update value verdict version visa vote voucher wage warning warranty will wish word work`

/** People by what they do. */
export const roles = `actor advisor agent analyst apprentice archer architect artist assistant astronomer attorney auditor author baker banker barber beggar blacksmith boatman bookkeeper brewer bricklayer broker builder butcher buyer candidate captain
caretaker carpenter carver cashier chairman chemist citizen cleaner clerk client coach cobbler collector colonel committee consultant contributor cook cooper council courier creator curator customer dancer dealer debtor dentist
designer developer director diver doctor donor driver editor elder employer engineer examiner expert explorer farmer ferryman fisher forester founder gardener gatekeeper glassblower goldsmith governor grocer grower guard guest guide
harvester healer helper herald herder historian host hunter importer inspector instructor inventor investor janitor jeweler journalist judge juror keeper king knight laborer landlord lawyer leader lender librarian lieutenant mailman
maker manager mason master mathematician mayor mechanic member merchant messenger midwife miller miner minister moderator musician navigator neighbor novelist nurse officer operator owner painter participant partner passenger patient
peddler performer pharmacist photographer physician pilot pirate plumber poet policeman porter potter president priest prince printer professor programmer provider publisher pupil queen ranger reader recruit referee reporter
researcher reviewer roofer ruler sailor salesman saddler scholar scientist scout sculptor secretary seller senator servant sheriff shepherd shipwright shopkeeper singer soldier speaker specialist spinner sponsor student subscriber
supervisor surgeon surveyor tailor tanner teacher thatcher thief toolmaker tourist trader trainer translator traveler treasurer tutor user vendor veteran villager visitor volunteer voter waiter warden warrior watchman weaver winner witness
woodcutter worker writer`

/** Where things are, happen and are kept. */
export const places = `academy airport alley apartment archive arena attic bakery balcony bank barn barracks basement bay beach bridge brewery camp canal canyon castle cave cellar cemetery chapel church cinema city clinic cliff coast college corridor
cottage courthouse courtyard creek crossroads dam desert dock earth embassy factory farm ferry field forest forge fort fountain gallery garage garden gate glacier granary grove hall harbor harvest hill hospital hotel hut inn
island jail jungle kitchen laboratory lake library lighthouse lodge mansion market marsh meadow mill mine monastery mountain museum oasis observatory ocean office orchard palace park path pasture pier plain plaza pond port prison
quarry ranch reef reservoir restaurant ridge river road ruin school sea shed shelter shore shrine square stable stadium station store stream street studio swamp temple terrace theater tower town tunnel university
valley vault village vineyard warehouse waterfall well wharf workshop yard zoo`

/** Living things. */
export const creatures = `ant ape badger bat bear beaver bee beetle bird bull butterfly buffalo camel cat caterpillar cattle chicken clam cow coyote crab crane cricket crow deer dog dolphin donkey dove dragonfly duck eagle eel elephant falcon ferret finch fish fly fox frog
goat goose gull hare hawk hen heron hornet horse insect jellyfish kangaroo kitten lamb leopard lion lizard lobster mackerel mammal mole monkey moose mosquito moth mouse mule octopus otter ostrich owl ox oyster parrot peacock penguin pig pigeon
pony puppy rabbit raccoon rat raven reptile robin rooster salmon scorpion seal shark sheep shrimp skunk slug snail snake sparrow spider squid squirrel stork swallow swan tiger toad trout turkey turtle wasp weasel whale wolf worm zebra`

/** Plants and foods. */
export const growths = `almond apricot ash asparagus avocado bamboo banana barley basil bean beech beet berry birch blossom broccoli bush cabbage cactus carrot cedar celery cereal cherry chestnut chili cinnamon clover coconut coffee cucumber daisy date elm fern fig fir
garlic ginger grape hazel ivy jasmine leek lemon lentil lettuce lily lime mango maple melon mint moss mushroom mustard oak oat olive onion orange orchid palm parsley peach peanut pear pea pepper pine pineapple plum poplar poppy potato pumpkin
radish raspberry reed rice rose rosemary rye sage seaweed shrub spinach squash strawberry sunflower thistle thyme tobacco tomato tulip turnip vanilla vine violet walnut weed wheat willow`

/** Ideas, feelings, qualities and happenings. */
export const ideas = `ability absence access accident action adventure advantage advice age agreement aim anger anxiety argument art attack attempt attention attitude attribution authority balance battle beauty behavior belief benefit birth blame bravery
business calm care career cause caution celebration challenge chance change chaos charity childhood choice climate collapse color comfort commerce competition complexity concern condition confidence conflict confusion consent
consequence control conversation cooperation courage crime crisis culture curiosity custom damage danger darkness death debate debt decay decision defeat defense delay delight demand democracy density desire detail devotion difference
difficulty dignity direction disaster discipline discovery disease disorder dispute distance distribution doubt dream duty economy education effect efficiency effort electricity emotion energy envy equality eternity event evidence evolution
excuse existence expense experience experiment explosion failure fairness faith fame family famine fashion fate fault fear feeling festival fever fire flood force fortune freedom friction friendship frost future generosity geometry goal
government grammar gratitude gravity greed grief growth guilt habit happiness harmony haste hatred health heat heritage history holiday honesty honor hope humanity humor hunger identity illness illusion imagination importance income
independence industry influence information injury injustice innocence innovation insight intelligence intention invention invasion jealousy journey joy judgment justice kindness knowledge labor language laughter laziness leadership
learning leisure liberty life limit logic loss love loyalty luck magic majority marriage mathematics maturity meaning mercy mess mind misery mission mixture mood morality motion motive music mystery nation nature necessity neglect noise
obedience obligation opinion opportunity origin ownership pain panic passion patience peace perfection permission philosophy pity pleasure pollution possession poverty power practice precision pride principle privacy privilege
procedure production progress prosperity protection punishment purpose quality quantity quarrel rage rain rebellion reception recovery rebirth reform regret rehearsal relation relief religion repair reputation rescue resistance respect
response responsibility rest revenge revolution rhythm riot ritual rumor safety science secrecy security sequence shame shock silence similarity skill sleep society solitude sorrow space speed spirit stability status storm strategy
strength stress structure struggle style success supply surprise sympathy talent teamwork temperature tension thirst thought thunder time tradition tragedy transaction transparency transport treatment trend triumph trouble trust truth uncertainty unity usage
variety velocity victory violence virtue vision voice volume war warmth waste weakness wealth weather weight welfare wisdom wonder worth youth`

/** Materials that things are made of. */
export const materials = `amber ash bamboo bark bone brass brick bronze canvas cardboard ceramic chalk clay coal concrete copper coral cork cotton crystal felt flint fur glass gold granite horn ice iron ivory jade lead leather limestone linen marble mud
nickel oak paper pearl pine plaster plastic rubber salt sandstone shell silk silver slate steel stone straw tar tin velvet wax willow wire wood wool zinc`
