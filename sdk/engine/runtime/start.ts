/**
 * What the compiler takes for its runtime; a file of its own, so that the module exports none of it.
 * `abort` comes first, because whatever runs at start-up may end there.
 */
import "../abort";
import "./index";
