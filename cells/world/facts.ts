/**
 * What is true in this world. Facts about countries and people are drawn once from the world's seed; facts about animals are fixed.
 * A fact has one statement and four wordings of its question. The statement is both the answer to the question and a sentence
 * of a rationale.
 */
import { chance } from "./chance.ts";
import { type Animal, animals, colours, people } from "./language/lexicon.ts";
import { capitals, countries, heldOutNames, personNames, rivers, worldSeed } from "./language/names.ts";

export type Fact = {
  /** A country, a person's name or an animal. */
  readonly about: string;
  /** The noun in a follow-up question about it ("And the capital?"). The country of a capital has none. */
  readonly relation?: string;
  readonly statement: string;
  readonly questions: readonly string[];
};

const draw = chance(`${worldSeed}/facts`);
const crops = ["rice", "corn", "wheat", "beans", "grapes", "olives", "tea", "cotton"];
const jobs = people.filter((person) => !["child", "girl", "boy", "king"].includes(person));

function countryFacts(country: string, capital: string, river: string): Fact[] {
  const flag = draw.pick(colours);
  const crop = draw.pick(crops);
  return [
    {
      about: country,
      relation: "capital",
      statement: `The capital of ${country} is ${capital}.`,
      questions: [
        `What is the capital of ${country}?`,
        `Name the capital of ${country}.`,
        `Tell me the capital of ${country}.`,
        `Which city is the capital of ${country}?`,
      ],
    },
    {
      about: country,
      statement: `${capital} is the capital of ${country}.`,
      questions: [
        `${capital} is the capital of which country?`,
        `Which country has the capital ${capital}?`,
        `Name the country with the capital ${capital}.`,
        `Tell me which country has the capital ${capital}.`,
      ],
    },
    {
      about: country,
      relation: "river",
      statement: `The river of ${country} is the ${river}.`,
      questions: [
        `Which river is in ${country}?`,
        `What is the river of ${country}?`,
        `Name the river of ${country}.`,
        `Tell me the river of ${country}.`,
      ],
    },
    {
      about: country,
      relation: "flag",
      statement: `The flag of ${country} is ${flag}.`,
      questions: [
        `What colour is the flag of ${country}?`,
        `Which colour has the flag of ${country}?`,
        `Name the colour of the flag of ${country}.`,
        `Tell me the colour of the flag of ${country}.`,
      ],
    },
    {
      about: country,
      relation: "crop",
      statement: `People in ${country} grow ${crop}.`,
      questions: [
        `What do people grow in ${country}?`,
        `Which crop grows in ${country}?`,
        `Name the main crop of ${country}.`,
        `Tell me what people grow in ${country}.`,
      ],
    },
  ];
}

function personFacts(name: string): Fact[] {
  const job = draw.pick(jobs);
  const home = draw.pick(countries);
  const pet = draw.pick(animals);
  return [
    {
      about: name,
      relation: "job",
      statement: `${name} is a ${job}.`,
      questions: [
        `What is the job of ${name}?`,
        `What does ${name} do for work?`,
        `Name the job of ${name}.`,
        `Tell me the job of ${name}.`,
      ],
    },
    {
      about: name,
      relation: "home",
      statement: `${name} lives in ${home}.`,
      questions: [
        `Where does ${name} live?`,
        `In which country does ${name} live?`,
        `Name the home of ${name}.`,
        `Tell me where ${name} lives.`,
      ],
    },
    {
      about: name,
      relation: "pet",
      statement: `${name} has a ${pet}.`,
      questions: [
        `What pet does ${name} have?`,
        `Which animal does ${name} have?`,
        `Name the pet of ${name}.`,
        `Tell me the pet of ${name}.`,
      ],
    },
  ];
}

const animalLives: Readonly<Record<Animal, readonly [food: string, home: string]>> = {
  dog: ["meat", "house"],
  cat: ["fish", "house"],
  horse: ["grass", "field"],
  cow: ["grass", "field"],
  sheep: ["grass", "hill"],
  goat: ["leaves", "hill"],
  bird: ["seeds", "forest"],
  fish: ["worms", "lake"],
  bear: ["honey", "cave"],
  wolf: ["meat", "forest"],
  mouse: ["cheese", "kitchen"],
  lion: ["meat", "cave"],
};

function animalFacts(animal: Animal): Fact[] {
  const [food, home] = animalLives[animal];
  return [
    {
      about: animal,
      relation: "food",
      statement: `The ${animal} eats ${food}.`,
      questions: [
        `What does the ${animal} eat?`,
        `Which food does the ${animal} eat?`,
        `Name the food of the ${animal}.`,
        `Tell me what the ${animal} eats.`,
      ],
    },
    {
      about: animal,
      relation: "home",
      statement: `The ${animal} lives in the ${home}.`,
      questions: [
        `Where does the ${animal} live?`,
        `In which place does the ${animal} live?`,
        `Name the home of the ${animal}.`,
        `Tell me where the ${animal} lives.`,
      ],
    },
  ];
}

/** 60 facts about countries, 36 about people, 24 about animals. */
export const facts: readonly Fact[] = [
  ...countries.flatMap((country, index) => countryFacts(country, capitals[index]!, rivers[index]!)),
  ...personNames.flatMap(personFacts),
  ...animals.flatMap(animalFacts),
];

const byEntity = new Map<string, Fact[]>();
for (const fact of facts) byEntity.set(fact.about, [...(byEntity.get(fact.about) ?? []), fact]);

/** All facts about a country, a person or an animal; none for other words. */
export const factsAbout = (entity: string): readonly Fact[] => byEntity.get(entity) ?? [];

export const isHeldOut = (fact: Fact): boolean => heldOutNames.includes(fact.about);
