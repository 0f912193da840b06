import { playPart } from "./shelf-part.ts";

await playPart(1);
