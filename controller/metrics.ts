/** Numbers about the controller in Prometheus' text format. */
export interface Metric {
  name: string;
  help: string;
  type: "counter" | "gauge";
  value: number;
}

export const prometheus = (metrics: Metric[]): string =>
  metrics
    .map(
      ({ name, help, type, value }) =>
        `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name} ${value}\n`,
    )
    .join("");
