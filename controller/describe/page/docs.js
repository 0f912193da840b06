/** Shows the description beside this page, and sends a request of it. No text of it becomes markup. */
const api = await (await fetch("openapi.json")).json();
const base = api.servers[0].url.replace(/\/$/, "");

const make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

/** References one level deep: schemas of documents are long. */
const resolved = (schema) =>
  schema?.$ref ? api.components.schemas[schema.$ref.split("/").at(-1)] : schema;
const shown = (value) => make("pre", { textContent: JSON.stringify(value, null, 2) });
const folded = (title, content) =>
  make("details", {}, make("summary", { textContent: title }), make("div", {}, content));

function parameterTable(parameters) {
  const rows = parameters.map(({ name, in: where, schema }) => {
    const input = make("input", { name, ariaLabel: name });
    input.dataset.where = where;
    const kind = schema.enum?.join(" | ") ?? schema.type ?? "";
    return make(
      "tr",
      {},
      ...[make("code", { textContent: name }), where, kind, input].map((cell) =>
        make("td", {}, cell),
      ),
    );
  });
  return make("table", {}, ...rows);
}

function trial(path, method, operation) {
  const [type, content] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  const isText = type && type !== "application/wasm";
  const body =
    isText &&
    make("textarea", {
      rows: 8,
      ariaLabel: "Body",
      value: JSON.stringify(content.example ?? {}, null, 2),
    });
  const table = parameterTable(operation.parameters ?? []);
  const answer = make("div");
  const send = make("button", { textContent: "Send" });
  send.onclick = async () => {
    const inputs = [...table.querySelectorAll("input")].filter(({ value }) => value !== "");
    const of = (where) =>
      inputs
        .filter((input) => input.dataset.where === where)
        .map(({ name, value }) => [name, value]);
    const filled = of("path").reduce(
      (text, [name, value]) => text.replace(`{${name}}`, encodeURIComponent(value)),
      path,
    );
    const query = new URLSearchParams(of("query")).toString();
    const headers = { ...Object.fromEntries(of("header")), ...(body && { "content-type": type }) };
    const response = await fetch(`${base}${filled}${query && `?${query}`}`, {
      method: method.toUpperCase(),
      headers,
      ...(body && { body: body.value }),
    });
    const text = await response.text();
    answer.replaceChildren(
      make("pre", { textContent: `${response.status} ${response.statusText}\n\n${text}` }),
    );
  };
  return make("div", {}, table, ...(body ? [body] : []), make("p", {}, send), answer);
}

function entry(path, method, operation) {
  const roles = operation["x-roles"]?.join(", ");
  const contents = [make("div", {}, trial(path, method, operation))];
  if (roles) contents.unshift(make("p", { textContent: `Roles: ${roles}` }));
  for (const [type, { schema }] of Object.entries(operation.requestBody?.content ?? {}))
    contents.push(folded(`Body (${type})`, shown(resolved(schema))));
  for (const [status, { description, content = {} }] of Object.entries(operation.responses)) {
    const [schema] = Object.values(content).map((one) => resolved(one.schema));
    contents.push(folded(`${status} ${description}`, schema ? shown(schema) : "No body."));
  }
  const summary = make(
    "summary",
    {},
    make("span", { className: "method", textContent: method }),
    make("code", { textContent: path }),
    ` ${operation.summary}`,
  );
  const element = make("details", {}, summary, make("div", {}, ...contents));
  element.dataset.words = `${method} ${path} ${operation.summary}`.toLowerCase();
  return element;
}

document.title = api.info.title;
document.getElementById("title").textContent = api.info.title;
document.getElementById("description").textContent = api.info.description;
const operations = Object.entries(api.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => entry(path, method, operation)),
);
document.getElementById("operations").replaceChildren(...operations);
document.getElementById("filter").oninput = ({ target }) => {
  const words = target.value.toLowerCase();
  for (const element of operations) element.hidden = !element.dataset.words.includes(words);
};
