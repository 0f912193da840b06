/** What the tab key brings, asked of a real bash where it matters. */
import { execFile } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ap, ownHome } from "../ap.ts";
import { bundledAp } from "../bundled.ts";

let home: Awaited<ReturnType<typeof ownHome>>;
beforeAll(async () => {
  home = await ownHome();
  await ap("gateway", "add", "-n", "north", "-s", "http://127.0.0.1:9");
  await ap("gateway", "add", "-n", "south", "-s", "http://127.0.0.1:9");
  await ap("platform", "add", "-n", "staging");
  await ap("platform", "use", "-n", "default");
});
afterAll(() => home.restore());

const words = async (...typed: string[]): Promise<string[]> =>
  (await ap("__complete", ...typed)).out
    .split("\n")
    .filter(Boolean)
    .map((line) => line.split("\t")[0]!);

test("commands and their subcommands", async () => {
  expect(await words("")).toEqual(
    expect.arrayContaining(["policy", "gateway", "apply", "version"]),
  );
  expect(await words("pol")).toEqual(["policy"]);
  expect(await words("gateway", "mcp", "g")).toEqual(["get", "generate"]);
  expect((await ap("__complete", "ver")).out).toBe("version\tprint the version\n");
});

test("options that are not there yet, and those that may be repeated", async () => {
  expect(await words("apply", "--at")).toEqual(["--atomic"]);
  expect(await words("apply", "--atomic", "--at")).toEqual([]);
  expect(await words("apply", "-f", "a.yaml", "--fi")).toEqual(["--file"]);
});

test("values: choices, gateways, platforms, kinds, shells", async () => {
  expect(await words("status", "--output", "")).toEqual(["table", "json", "yaml"]);
  expect(await words("status", "--output", "=", "j")).toEqual(["json"]);
  expect(await words("status", "--gateway", "")).toEqual(["north", "south"]);
  expect(await words("gateway", "use", "--display-name", "s")).toEqual(["south"]);
  expect(await words("gateway", "use", "-n", "n")).toEqual(["north"]);
  expect(await words("platform", "use", "-n", "")).toEqual(["default", "staging"]);
  expect(await words("gateway", "add", "-n", "")).toEqual([]);
  expect(await words("export", "--kind", "R")).toEqual(["RestApi"]);
  expect(await words("completion", "")).toEqual(["bash", "zsh", "fish"]);
  expect(await words("gateway", "config", "p")).toEqual(["print"]);
});

test("nothing, and no complaint, when the file of gateways is broken", async () => {
  const file = join(home.folder, ".wso2ap", "config.yaml");
  const before = (await promisify(execFile)("cat", [file])).stdout;
  await writeFile(file, "{");
  expect(await ap("__complete", "status", "--gateway", "")).toEqual({ code: 0, out: "", err: "" });
  await writeFile(file, before);
});

test("an unknown shell is wrong use", async () => {
  const { code, err } = await ap("completion", "tcsh");
  expect(code).toBe(2);
  expect(err).toContain("bash, zsh, fish");
});

describe("in a shell", () => {
  let folder: string;
  let bundled: Awaited<ReturnType<typeof bundledAp>>;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sluice-completion-"));
    bundled = await bundledAp("completion");
    await writeFile(
      join(folder, "ap"),
      `#!/bin/sh\nexec "${process.execPath}" "${bundled.main}" "$@"\n`,
    );
    await chmod(join(folder, "ap"), 0o755);
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
    await bundled.remove();
  });

  const run = async (shell: string, script: string): Promise<string> => {
    const { stdout } = await promisify(execFile)(shell, [shell === "bash" ? "-c" : "-ic", script], {
      env: { ...process.env, PATH: `${folder}:${process.env["PATH"]}` },
    });
    return stdout;
  };

  test("bash completes what was typed, and leaves files to itself where ap knows nothing", async () => {
    const typed = (...given: string[]) => `
      COMP_WORDS=(${given.map((word) => `'${word}'`).join(" ")})
      COMP_CWORD=${given.length - 1}
      _ap; printf '%s,' "\${COMPREPLY[@]}"; echo`;
    const out = await run(
      "bash",
      `source <(ap completion bash)
      complete -p ap
      ${typed("ap", "gateway", "use", "-n", "")}
      ${typed("ap", "status", "--output", "=", "")}
      ${typed("ap", "apply", "-f", "")}`,
    );
    expect(
      out
        .trim()
        .split("\n")
        .map((line) => line.trim()),
    ).toEqual(["complete -o default -F _ap ap", "north,south,", "table,json,yaml,", ","]);
  });

  /** A shell that is not here is named in the test's title: `.ci/run` installs both. */
  const where = (shell: string) => ({
    test: test.skipIf(!existsSync(`/usr/bin/${shell}`)),
    shell: existsSync(`/usr/bin/${shell}`) ? shell : `${shell} (which is not installed)`,
  });

  const fish = where("fish");
  fish.test(
    `${fish.shell} completes what was typed, and files where ap knows nothing`,
    async () => {
      const out = await run(
        "fish",
        `ap completion fish | source
      complete -C 'ap status --gateway '
      complete -C 'ap gateway use -n s'
      cd ${folder}; complete -C 'ap apply -f a'`,
      );
      expect(out.trim().split("\n")).toEqual([
        "north\thttp://127.0.0.1:9",
        "south\thttp://127.0.0.1:9",
        "south\thttp://127.0.0.1:9",
        expect.stringMatching(/^ap/),
      ]);
    },
  );

  const zsh = where("zsh");
  zsh.test(`${zsh.shell} lists and completes at the tab key, on a terminal`, async () => {
    const listed = await run("zsh", atTheTerminal);
    expect(listed).toContain("listed: yes\ncompleted: yes\nfile: yes\n");
  });
});

/** A zsh types into another one and waits for what that shows. */
const atTheTerminal = `
zmodload zsh/zpty
zpty shell zsh -f -i
shows() {
  local all= chunk=
  local -F deadline=$(( SECONDS + 30 ))
  while (( SECONDS < deadline )); do
    if zpty -rt shell chunk; then all+=$chunk; [[ $all == *$1* ]] && { print yes; return }
    else sleep 0.02; fi
  done
  print -r -- "no, but: $all"
}
zpty -w shell 'PROMPT=; cd \$(dirname \$(whence -p ap)); autoload -Uz compinit; compinit -u -D'
zpty -w shell 'source <(ap completion zsh); print rea""dy'
shows ready >/dev/null
zpty -wn shell $'ap gateway use -n \t'
print "listed: $(shows 'north  -- http')"
zpty -wn shell $'s\t'
print "completed: $(shows south)"
zpty -wn shell $'\x15ap apply -f a\t'
print "file: $(shows '-f ap')"
zpty -d shell
`;
