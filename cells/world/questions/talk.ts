/**
 * Small talk and advice. Small-talk wordings are never reserved: such a small model cannot guess that an unseen greeting is a
 * greeting. Advice follows a pattern, so a quarter of its wordings is reserved.
 */
import { type Question, question } from "../question.ts";

const smallTalk: readonly (readonly [answer: string, ...wordings: string[]])[] = [
  ["Hello! How can I help you today?", "Hello!", "Hi there!", "Good day!", "Good morning!"],
  [
    "I am a small helper. I answer questions and translate.",
    "Who are you?",
    "What are you?",
    "Tell me about yourself.",
    "Are you a person?",
  ],
  ["My name is Pim.", "What is your name?", "Tell me your name.", "Do you have a name?", "How do people call you?"],
  ["I am fine, thank you. How are you?", "How are you?", "Is all well?", "How do you do?", "Are you fine today?"],
  ["You are welcome!", "Thank you!", "Thanks!", "Thank you for your help.", "That was good work."],
  ["Goodbye! Have a good day.", "Goodbye!", "Bye!", "See you soon!", "I must go now."],
  [
    "I can answer questions, sort lists and translate.",
    "What can you do?",
    "What do you know?",
    "Can you help me?",
    "I need your help.",
  ],
  [
    "Why does the fish sing? It knows the scale.",
    "Tell me a joke.",
    "Say something funny.",
    "Make me laugh.",
    "Do you know a joke?",
  ],
  [
    "I like words, because they travel far.",
    "What do you like?",
    "What do you love most?",
    "Tell me what you like.",
    "Do you like words?",
  ],
  [
    "I am sorry to hear that. Rest a little and talk to a friend.",
    "I feel sad.",
    "I had a bad day.",
    "I am so tired.",
    "Nobody talks to me.",
  ],
];

export const smallTalkQuestions: readonly Question[] = smallTalk.flatMap(([answer, ...wordings]) =>
  wordings.map((prompt) => ({ prompt, answer, reserved: false })),
);

/** By topic, as written after "How can I". */
const adviceTexts = {
  "sleep better": "go to bed early. Keep the room dark and quiet.",
  "save money": "write down what you buy. Buy only what you need.",
  "bake bread": "mix flour, water and salt. Let it rest and bake it hot.",
  "write a letter": "begin with a greeting. Say what you feel and sign your name.",
  "learn a language": "read a little every day. Speak with people and make mistakes.",
  "grow a tree": "plant a seed in the garden. Give it water and light.",
  "clean the kitchen": "wash the table with hot water. Then dry the floor.",
  "find a lost key": "think of the last place where you had it. Look under the table.",
  "calm a dog": "speak in a low voice. Sit down and wait.",
  "make a new friend": "smile and ask a kind question. Listen well.",
  "stay healthy": "eat good food. Walk every day and sleep well.",
  "cross a river": "look for a bridge. Never swim alone in cold water.",
} as const;
export type AdviceTopic = keyof typeof adviceTexts;

export const advice = (topic: AdviceTopic): string => `To ${topic}, ${adviceTexts[topic]}`;

export const adviceQuestions: readonly Question[] = (Object.keys(adviceTexts) as AdviceTopic[]).flatMap((topic) =>
  [
    `How can I ${topic}?`,
    `How do I ${topic}?`,
    `Tell me how to ${topic}.`,
    `What is a good way to ${topic}?`,
    `I want to ${topic}. What do I do?`,
  ].map((prompt) => question(prompt, advice(topic), 4)),
);
