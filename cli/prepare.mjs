/**
 * Before `npm start` and `npm test`: the right Node, the packages that package-lock.json names, the build. Plain JavaScript
 * that old Nodes read, for it runs before anything is installed. Packages that are there are not asked for again: npm takes
 * seconds to find that nothing is to be done, and wants a network for it.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const stamp = `${root}node_modules/.sluice-installed`;

const textOf = (file) => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
};

const end = (line) => {
  console.error(`error: ${line}`);
  process.exit(1);
};

const npm = (...args) =>
  execFileSync("npm", args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 12))
  end(
    `Node 20.12 or later is needed, found ${process.versions.node}; get it from https://nodejs.org`,
  );

const wanted = createHash("sha256")
  .update(`${process.platform} ${process.arch} ${process.versions.modules}\n`)
  .update(textOf(`${root}package-lock.json`) ?? "")
  .digest("hex");
if (textOf(stamp) !== wanted) {
  try {
    npm("install", "--no-audit", "--no-fund", "--loglevel=error");
  } catch {
    end(
      "npm could not install the packages, and says why above; run it again when its registry can be reached",
    );
  }
  writeFileSync(stamp, wanted);
}
try {
  npm("run", "--silent", "build");
} catch {
  end(
    "the build failed, and says why above; if packages are damaged, remove node_modules and run it again",
  );
}
