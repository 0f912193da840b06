import type { Case } from "sluice/cases";
import { accepted } from "./cases/accepted";
import { attacks } from "./cases/attacks";
import { example } from "./cases/example";
import { keyServices } from "./cases/key-services";
import { requirements } from "./cases/requirements";

export const cases: Case[] = [...example, ...accepted, ...requirements, ...attacks, ...keyServices];
