/** What the engine counts of policies (`sdk/engine/tally.ts`), under the names that users of this kind of gateway know. */
interface Renamed {
  name: string;
  help: string;
  type: "counter" | "histogram";
  /** What sums and bucket limits are multiplied with. */
  scale: number;
}

const engine: Readonly<Record<string, Renamed>> = {
  sluice_executions: {
    ...{ name: "policy_engine_policy_executions_total", type: "counter", scale: 1 },
    help: "Handlers of a policy that ran",
  },
  sluice_denials: {
    ...{ name: "policy_engine_policy_denials_total", type: "counter", scale: 1 },
    help: "Requests that a policy answered with 400 or above",
  },
  sluice_faults: {
    ...{ name: "policy_engine_policy_errors_total", type: "counter", scale: 1 },
    help: "Faults of a policy, each of which ended one request",
  },
  sluice_duration: {
    ...{ name: "policy_engine_policy_duration_seconds", type: "histogram", scale: 1e-9 },
    help: "How long a handler took, of one run in 64",
  },
};

/** A line of Envoy's text about one of them under its name here; any other as it is. */
export function policyLine(line: string): string {
  const type = /^# TYPE (\w+) /.exec(line);
  if (type) {
    const row = engine[type[1]!];
    return row ? `# HELP ${row.name} ${row.help}\n# TYPE ${row.name} ${row.type}` : line;
  }
  const [, stat = "", suffix = "", labels = "", value = ""] =
    /^(sluice_[a-z]+?)(_bucket|_sum|_count)?\{(.*)\} (\S+)$/.exec(line) ?? [];
  const row = engine[stat];
  if (!row) return line;
  const scaled = labels
    // Faults are counted in modules that have no room for a tag's name.
    .replace(/sluice_tags="([^="]*)"/, 'sluice_tags="policy=$1"')
    .replace(/le="([\d.e+]+)"/, (_, le: string) => `le="${rounded(Number(le) * row.scale)}"`);
  const amount = suffix === "_sum" ? rounded(Number(value) * row.scale) : value;
  return `${row.name}${suffix}{${scaled}} ${amount}`;
}

/** Without the digits that binary fractions add. */
const rounded = (value: number): number => Number(value.toPrecision(12));
