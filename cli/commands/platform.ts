/** `ap platform …`: groups of gateways, such as one for each environment. One of them is current. */
import { Command } from "commander";
import type { Io } from "../io.ts";
import { show, withOutput, type Remote } from "./remote.ts";

export const platform = (io: Io): Command =>
  new Command("platform")
    .description("groups of gateways, such as one for each environment")
    .addCommand(add(io))
    .addCommand(list(io))
    .addCommand(use(io))
    .addCommand(current(io))
    .addCommand(remove(io));

type NamedOptions = Remote & { displayName: string };

const named = (verb: string): Command =>
  withOutput(new Command(verb)).requiredOption(
    "-n, --display-name <name>",
    "what the platform is called",
  );

const changing = (
  io: Io,
  verb: string,
  description: string,
  done: string,
  change: (book: typeof import("../client/platforms.ts"), name: string) => Promise<void>,
): Command =>
  named(verb)
    .description(description)
    .action(async (options: NamedOptions) => {
      const { displayName: name } = options;
      await change(await import("../client/platforms.ts"), name);
      show(io, options, { name, is: done }, () => [[`${name} is ${done}`]]);
    });

const add = (io: Io): Command =>
  changing(io, "add", "make a platform without gateways and use it", "in use", (book, name) =>
    book.addPlatform(name),
  );

const use = (io: Io): Command =>
  changing(io, "use", "use the gateways of another platform", "in use", (book, name) =>
    book.usePlatform(name),
  );

const remove = (io: Io): Command =>
  changing(io, "remove", "forget a platform and its gateways", "forgotten", (book, name) =>
    book.removePlatform(name),
  );

const list = (io: Io): Command =>
  withOutput(new Command("list"))
    .description("list the platforms")
    .action(async (options: Remote) => {
      const { listPlatforms } = await import("../client/platforms.ts");
      const known = await listPlatforms();
      show(io, options, known, () => [
        ["NAME", "GATEWAYS", "CURRENT"],
        ...known.map(({ name, gateways, current }) => [
          ...[name, gateways.join(" ")],
          current ? "yes" : "",
        ]),
      ]);
    });

const current = (io: Io): Command =>
  withOutput(new Command("current"))
    .description("show the platform in use")
    .action(async (options: Remote) => {
      const { listPlatforms } = await import("../client/platforms.ts");
      const found = (await listPlatforms()).find(({ current }) => current)!;
      show(io, options, found, () => [[found.name]]);
    });
