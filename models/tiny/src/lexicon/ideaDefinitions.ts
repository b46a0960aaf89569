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
