/** The page of the description, run on as much of a browser's document as its program uses. */
import { afterAll, expect, test, vi } from "vitest";
import { managementBase } from "../../../controller/api/management.ts";
import { describeManagement } from "../../../controller/describe/management.ts";
import { installed } from "../../../controller/installed.ts";
import { resourceKinds } from "../../../controller/model/index.ts";

class Element {
  children: (Element | string)[] = [];
  dataset: Record<string, string> = {};
  hidden = false;
  textContent = "";
  value = "";
  onclick?: () => Promise<void>;
  oninput?: (event: { target: { value: string } }) => void;

  constructor(readonly tag: string) {}

  append(...more: (Element | string)[]): void {
    this.children.push(...more);
  }

  replaceChildren(...all: (Element | string)[]): void {
    this.children = all;
  }

  querySelectorAll(tag: string): Element[] {
    return this.children.flatMap((child) =>
      child instanceof Element
        ? [...(child.tag === tag ? [child] : []), ...child.querySelectorAll(tag)]
        : [],
    );
  }
}

afterAll(() => vi.unstubAllGlobals());

test("shows every operation, sends one as it was filled in, and shows the answer as text", async () => {
  const api = describeManagement(managementBase, resourceKinds);
  const page = new Map(
    ["title", "description", "operations", "filter"].map((id) => [id, new Element(id)]),
  );
  const asked: [string, RequestInit | undefined][] = [];
  vi.stubGlobal("document", {
    createElement: (tag: string) => new Element(tag),
    getElementById: (id: string) => page.get(id),
  });
  vi.stubGlobal("fetch", async (url: string, init?: RequestInit) => {
    asked.push([url, init]);
    return url === "openapi.json"
      ? Response.json(api)
      : new Response("<b>no markup</b>", { status: 404 });
  });
  await import(installed("controller/describe/page/docs.js").pathname);

  const operations = page.get("operations")!;
  const described = Object.values(api.paths).flatMap((item) => Object.keys(item));
  expect(operations.children).toHaveLength(described.length);
  const one = (operations.children as Element[]).find(({ dataset }) =>
    dataset["words"]!.startsWith("put /rest-apis/{id} "),
  )!;
  const inputs = Object.fromEntries(
    one
      .querySelectorAll("input")
      .map((input) => [(input as unknown as { name: string }).name, input]),
  );
  inputs["id"]!.value = "a/b";
  inputs["wait"]!.value = "10s";
  inputs["If-Match"]!.value = '"1"';
  one.querySelectorAll("textarea")[0]!.value = "{}";
  await one.querySelectorAll("button")[0]!.onclick!();
  expect(asked.at(-1)).toEqual([
    `${managementBase}/rest-apis/a%2Fb?wait=10s`,
    {
      method: "PUT",
      headers: { "If-Match": '"1"', "content-type": "application/json" },
      body: "{}",
    },
  ]);
  expect(one.querySelectorAll("pre").map(({ textContent }) => textContent)).toContain(
    "404 \n\n<b>no markup</b>",
  );

  page.get("filter")!.oninput!({ target: { value: "Secrets" } });
  const left = (operations.children as Element[]).filter(({ hidden }) => !hidden);
  expect(left.length).toBeGreaterThan(0);
  expect(left.every(({ dataset }) => dataset["words"]!.includes("secrets"))).toBe(true);
});
