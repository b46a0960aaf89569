/** Short definitions of common things, one `noun: definition` a line. */
export const thingDefinitions = `
hammer: a tool with a heavy head for driving nails
saw: a tool with a toothed blade for cutting wood
needle: a thin pointed piece of steel used for sewing
kettle: a metal pot with a spout for boiling water
lantern: a lamp in a case that protects the flame from the wind
ladder: a frame with steps for climbing up and down
anchor: a heavy hook that holds a ship in place
bridge: a structure that carries a road across a river
lighthouse: a tower with a strong light that guides ships at night
windmill: a mill that is turned by the wind
library: a place where books are kept and lent
hospital: a place where sick and injured people are treated
bakery: a shop where bread and cakes are made
orchard: a piece of land where fruit trees grow
harbor: a sheltered place where ships can rest
island: a piece of land with water on all sides
valley: low land between hills or mountains
desert: a dry place where few plants can grow
glacier: a slow river of ice on a mountain
volcano: a mountain that can throw out fire and melted rock
river: a large stream of fresh water that flows to the sea
cave: a natural hollow under the ground or in a cliff
forest: a large area of land covered with trees
marsh: soft wet land with grass and reeds
reef: a line of rock or coral just under the water
baker: a person who makes bread and cakes
tailor: a person who cuts and sews clothes
shepherd: a person who looks after sheep
judge: a person who decides cases in a court
lawyer: a person who advises others about the law
nurse: a person who takes care of the sick
pilot: a person who steers a ship or an aircraft
miner: a person who digs coal or metal out of the ground
potter: a person who makes bowls and jars out of clay
cobbler: a person who mends shoes
mason: a person who builds with stone
astronomer: a scientist who studies the stars and planets
chemist: a scientist who studies what substances are made of
apprentice: a person who learns a trade from a master
merchant: a person who buys and sells goods
broker: a person who arranges a sale between two others
banker: a person who keeps and lends money
auditor: a person who checks that accounts are true
curator: a person who selects and looks after a collection
tenant: a person who pays rent to live in a house
orphan: a child whose parents are dead
widow: a woman whose husband has died
rival: someone who wants the same thing as you do
ally: a friend who helps in a fight
coward: a person who is easily frightened
hermit: a person who lives alone, away from others
owl: a bird with large eyes that hunts at night
eagle: a large bird of prey with strong wings
whale: a very large animal that lives in the sea and breathes air
bat: a small flying animal that comes out at night
bee: a flying insect that makes honey
ant: a small insect that lives in large groups
spider: a small animal with eight legs that spins a web
snake: a long animal without legs
frog: a small animal that lives in water and on land and can jump far
camel: a desert animal with a hump on its back
goat: a farm animal with horns that gives milk
mule: the child of a horse and a donkey
salmon: a large pink fish that swims up rivers
shark: a large sea fish with sharp teeth
oak: a tall tree with hard wood and acorns
willow: a tree with long thin branches that grows near water
moss: a soft green plant that covers wet stones
cactus: a plant with sharp spines that stores water
wheat: a grass whose seeds are ground into flour
clover: a small plant with three round leaves
onion: a round vegetable with a strong smell and many layers
ginger: a hot spice made from a root
cinnamon: a sweet spice made from the bark of a tree
cheese: a food made from milk
bread: a food made from flour, water and yeast, baked in an oven
soup: a hot liquid food made from meat or vegetables
honey: a sweet thick liquid made by bees
butter: a yellow fat made from cream
vinegar: a sour liquid used to keep and flavor food
ink: a colored liquid for writing and printing
glue: a sticky substance that joins things together
soap: a substance used with water for washing
wax: a soft substance made by bees, used for candles
rubber: a soft strong material that can be stretched
steel: a strong metal made from iron and carbon
bronze: a brown metal made from copper and tin
marble: a hard smooth stone used for statues
amber: a hard yellow substance that came from old trees
coal: a black rock that is burned for heat
salt: a white substance from the sea that gives food its taste
cotton: a soft white material that grows on a plant
silk: a fine cloth made from the thread of a small worm
wool: the soft hair of sheep
leather: the skin of an animal made ready for use
apron: a piece of cloth worn to keep clothes clean
cloak: a loose coat without sleeves
helmet: a hard hat that protects the head
sandal: an open shoe for warm weather
crown: a ring of gold worn by a king or queen
flute: a musical instrument that is played by blowing across a hole
drum: a musical instrument that is played by hitting it
harp: a large musical instrument with many strings
violin: a musical instrument with four strings, played with a bow
canoe: a light narrow boat moved with paddles
raft: a flat boat made of logs tied together
wagon: a strong cart with four wheels pulled by horses
bicycle: a vehicle with two wheels that is moved by the rider's feet
engine: a machine that turns fuel into motion
clock: an instrument that shows the time
compass: an instrument with a needle that points to the north
telescope: an instrument that makes far things look near
microscope: an instrument that makes very small things look large
thermometer: an instrument that measures heat
balance: an instrument for weighing things
magnet: a piece of iron that pulls other iron towards it
lens: a curved piece of glass that bends light
mirror: a piece of glass that shows what is in front of it
pump: a machine that moves liquid or air through a pipe
loom: a machine for weaving thread into cloth
plow: a heavy tool that turns over the soil before planting
fence: a wall of wood or wire around a field
roof: the cover on top of a building
chimney: a pipe that carries smoke out of a house
cellar: a room under the ground for keeping food and wine
attic: a room just under the roof of a house
heart: the organ that pumps blood through the body
lung: one of the two organs used for breathing
bone: one of the hard white parts inside the body
muscle: a part of the body that can tighten to move a bone
skin: the outer cover of the body
wound: a place where the body has been cut or hurt
fever: a state in which the body is too hot because of illness
cough: a sudden loud push of air out of the throat
bruise: a dark mark on the skin after a blow
vaccine: a substance that protects the body against a disease
poison: a substance that kills or harms when it is taken
medicine: a substance that is taken to cure an illness
storm: very bad weather with strong wind and rain
flood: a great flow of water over dry land
frost: a thin white layer of ice on a cold morning
drought: a long time without rain
earthquake: a sudden shaking of the ground
eclipse: the hiding of the sun or the moon by a shadow
comet: a body of ice that moves around the sun with a bright tail
planet: a large round body that moves around a star
atom: the smallest part of an element
cell: the smallest living part of a plant or an animal
gas: a substance like air that fills any space
liquid: a substance that flows like water
crystal: a clear solid with a regular shape
acid: a sour substance that can burn through metal
hormone: a substance made in the body that controls growth or feeling
root: the part of a plant that grows down into the soil
bud: a small growth that opens into a leaf or a flower
seed: the small hard part from which a new plant grows
leaf: a flat green part of a plant
bark: the hard outer cover of a tree
nest: a place that a bird builds for its eggs
herd: a group of animals that live and feed together
swarm: a large group of flying insects
battle: a fight between two armies
parade: a march through the streets to celebrate something
wedding: a ceremony at which two people marry
funeral: a ceremony for a person who has died
festival: a time of public feasts and music
race: a contest to see who is fastest
voyage: a long journey by sea
collision: the crash of one thing into another
explosion: a sudden loud burst of energy
accident: something bad that happens by chance
miracle: a wonderful event that nobody can explain
failure: an act that does not succeed
mistake: an act or a thought that is not right
blunder: a stupid or careless mistake
theft: the act of stealing something
murder: the crime of killing a person
escape: the act of getting free
rescue: the act of saving someone from danger
rehearsal: a practice before a public performance
betrayal: the act of breaking the trust of a friend
revenge: the act of hurting someone who has hurt you
pause: a short stop before going on
leap: a long or high jump
glance: a quick look
whisper: a very quiet way of speaking
proverb: a short old saying that gives advice
poem: a piece of writing in short lines with a rhythm
fable: a short story with animals that teaches a lesson
rumor: a story that is passed on and may not be true
riddle: a puzzling question with a clever answer
slogan: a short phrase that is easy to remember
nickname: a familiar name used instead of the real one
alphabet: the letters of a language in their order
verb: a word that tells what someone does
dialect: the way a language is spoken in one place
`
