import type { Case } from "sluice/cases";
import { callers } from "./cases/callers.ts";
import { costs } from "./cases/costs.ts";
import { counting } from "./cases/counting.ts";
import { keys } from "./cases/keys.ts";
import { answers, occasions } from "./cases/occasions.ts";
import { refused } from "./cases/wrong.ts";

export const cases: Case[] = [
  ...counting,
  ...keys,
  ...callers,
  ...costs,
  ...occasions,
  ...answers,
  ...refused,
];
