import { expect, test } from "vitest";
import { leveledLog, levels, type LogSettings } from "../../controller/log.ts";
import { startTestGateway } from "./fixtures/gateway.ts";

const written = (settings: LogSettings): string[] => {
  const lines: string[] = [];
  const log = leveledLog((line) => lines.push(line), settings);
  for (const level of levels) log(level, level);
  log("plain");
  return lines;
};

test("a level leaves out what is less, and a line without one is a warning", () => {
  expect(written({ level: "debug", format: "text" })).toEqual([...levels, "plain"]);
  expect(written({ level: "info", format: "text" })).toEqual(["info", "warn", "error", "plain"]);
  expect(written({ level: "error", format: "text" })).toEqual(["error"]);
});

test("as JSON a line has its time and level", () => {
  const [line] = written({ level: "error", format: "json" });
  expect(JSON.parse(line!)).toEqual({
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    level: "error",
    message: "error",
  });
});

test("debug tells each request of the management API with its status and who asked, and no more of it", async () => {
  const lines: string[] = [];
  const t = await startTestGateway({
    ...{
      envoy: "none",
      users: [{ username: "root", password: "root's password", roles: ["admin"] }],
    },
    log: leveledLog((line) => lines.push(line), { level: "debug", format: "text" }),
  });
  try {
    const authorization = `Basic ${Buffer.from("root:root's password").toString("base64")}`;
    await t.manage("GET", "/users?actor=hunter2", undefined, { authorization });
    expect(lines.join("\n")).toMatch(
      /^GET \/api\/management\/v1\/users: 200 to root after \d+ ms$/m,
    );
    expect(lines.join("\n")).not.toMatch(/hunter2|Basic/);
  } finally {
    await t.close();
  }
});
