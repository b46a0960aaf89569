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

/** Short definitions of ideas, of law, money, science and computing. */
export const ideaDefinitions = `
anger: a strong feeling against someone who has done wrong
joy: a strong feeling of happiness
grief: deep sadness after a loss
envy: the wish to have what someone else has
pride: a good feeling about what you have done
shame: a bad feeling about what you have done
courage: the strength to act although one is afraid
patience: the ability to wait calmly
honesty: the habit of telling the truth
mercy: kindness toward someone who could be punished
curiosity: the wish to know or learn something
loyalty: the habit of standing by a friend or a duty
wisdom: good judgment that comes from experience
habit: something that is done often without thinking
skill: the ability to do something well
talent: a natural ability to do something well
doubt: a feeling that something may not be true
trust: the belief that someone is honest and will not harm you
consent: permission that someone gives for something
privacy: the right to keep one's own matters from others
freedom: the power to act and speak as one wants
justice: fair treatment under the law
duty: something that a person must do
promise: a statement that one will do something
oath: a serious promise, often before a court
law: a rule made by a government that everyone must follow
crime: an act that breaks the law
fine: money that is paid as a punishment
trial: a meeting of a court that decides a case
verdict: the decision at the end of a trial
witness: a person who saw what happened and can tell about it
evidence: facts that help to show what is true
alibi: a proof that someone was in another place
treaty: a written agreement between two countries
contract: an agreement that the law can enforce
clause: one part of a contract or a law
license: a permission to do or use something
patent: the right to be the only maker of a new invention
copyright: the right of a writer over copies of a work
penalty: a punishment for breaking a rule
dispute: a disagreement that somebody has to settle
election: an event at which people choose a leader by votes
vote: a formal choice made by one member of a group
majority: more than half of a group
quorum: the number of members who must be present for a vote
committee: a small group chosen to do some work for a larger one
tax: money that people pay to the government
fee: money that is paid for a service
wage: money that is paid for work
rent: money that is paid for the use of a house
debt: money that is owed to someone
loan: money that is lent and must be paid back
interest: money that is paid for the use of a loan
profit: the money that is left after all costs are paid
budget: a plan for spending money
price: the amount of money for which a thing is sold
discount: an amount taken off the price
deposit: money given in advance and held for safety
stake: something of value that one puts at risk on a promise
bond: money held to make sure that a promise is kept
escrow: money held by a third person until a deal is done
dividend: a part of the profit that is paid to each owner
share: one of the equal parts into which something is divided
currency: the kind of money that is used in a place
coin: a flat round piece of metal used as money
token: a small thing that stands for something of value
voucher: a paper that can be exchanged for goods or money
invoice: a list of goods with the money to be paid for them
receipt: a paper which shows that something was paid or received
account: a record of money that came in and went out
ledger: a book in which all payments are written down in order
balance sheet: a list of what a business owns and owes
audit: a careful check of accounts by someone from outside
auction: a sale at which each thing goes to the highest bid
market: a place where people buy and sell
insurance: an agreement to pay for a loss in return for regular payments
bankruptcy: the state of not being able to pay what one owes
inflation: a general rise in prices
reward: something given in return for good work
bounty: money that is offered for finding or doing something
incentive: something that makes people want to act
ransom: money that is paid to set a prisoner free
theory: an idea that tries to explain many facts
experiment: a careful test to learn whether an idea is true
gravity: the force that pulls things toward the earth
friction: the force that slows things that rub together
energy: the power to do work
electricity: a kind of energy that flows through wires
temperature: the measure of how hot something is
evolution: the slow change of living things over a very long time
gene: a part of a cell that passes a feature from parent to child
average: the sum of some numbers divided by how many there are
fraction: a part of a whole number
triangle: a figure with three straight sides
circle: a round figure whose points are equally far from the center
equation: a statement that two amounts are equal
probability: how likely it is that something happens
sample: a small part that shows what the whole is like
estimate: a careful guess about an amount
computer: a machine that follows stored instructions to process data
program: a list of instructions for a computer
algorithm: a set of steps that solves a problem
data: facts and numbers that a computer can use
database: a large ordered collection of data
file: a named piece of data that is stored by a computer
byte: a group of eight bits
bit: a single zero or one
memory: the part of a computer that holds data for use
server: a computer that answers the requests of others
network: a group of computers that are connected
node: one of the points or computers of a network
gateway: a place through which one enters another network
protocol: a set of rules by which computers talk
message: a piece of information sent from one to another
password: a secret word that proves who you are
key: a secret number that locks or opens a message
hash: a short fixed fingerprint computed from data
checksum: a number that shows whether data has been changed
signature: a mark that proves who wrote or approved something
encryption: a way of writing a message so that only some can read it
backup: a second copy kept in case the first is lost
cache: a small fast store for things that are used often
index: a list that tells where each thing can be found
queue: a line of things that wait for their turn
log: a list of events in the order in which they happened
version: one form of a thing that has changed over time
snapshot: a copy of the state of things at one moment
archive: a place where old records are kept
block: a group of records that are stored together
chain: a row of things in which each is linked to the next
tree: an ordered structure with a root and branches
root: the top of a tree, from which all branches start
proof: a set of steps or facts which shows that a claim is true
claim: a statement that something is true or belongs to someone
record: a piece of information that was written down to be kept
source: the place from which something comes
model: a simple copy of a thing that can answer what the real thing would do
parameter: a number that sets how a model or a machine behaves
weight: a number that says how much something counts
training: the teaching of a skill by practice
adapter: a part that fits one thing to another
layer: one of several sheets that lie on each other
prompt: a text that asks for an answer
answer: what is said in return to a question
feature: a part or quality that one can notice
error: the difference between what is and what should be
bug: a mistake in a program
test: a try that shows whether something works
benchmark: a standard test used for comparing things
metric: a number that measures how well something works
dataset: a collection of examples for study or training
contributor: a person who gives a part to a common work
owner: the person to whom a thing belongs
operator: a person who runs a machine or a service
client: someone who uses the service of another
agent: someone who acts for another
member: a person who belongs to a group
community: a group of people who live or work together
reputation: what other people think about someone
deadline: the time by which something must be done
schedule: a plan that says when things will be done
epoch: a period of time with a fixed start and end
origin: the point from which a thing began
history: the story of what happened before
policy: a plan of action that a group has agreed on
standard: an agreed level or form for comparing things
quality: how good a thing is
threshold: the level at which something begins to count
limit: the point beyond which one may not go
permission: a statement that one is allowed to do something
authority: the power to give orders and to decide
guarantee: a promise that something will work or be paid for
fraud: the crime of getting money by telling lies
copy: a thing made to be just like another
duplicate: a second thing that is exactly like the first
original: the first thing, from which copies are made
summary: a short form that gives the main points
example: one thing that shows what others of its kind are like
symbol: a mark that stands for something else
abnormality: something that is not as it usually is
disaster: an event that causes great harm
remedy: something that cures or puts a thing right
obstacle: something that stands in the way
luxury: something pleasant that is not needed
routine: the usual way in which things are done
`
