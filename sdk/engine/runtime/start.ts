/** What the compiler takes for its runtime; a file of its own, so that the module exports none of it. */
import "./index";
