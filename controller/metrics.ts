/** Numbers about the controller in Prometheus' text format. */
export interface Metric {
  name: string;
  help: string;
  type: "counter" | "gauge";
  value: number;
  labels?: Record<string, string>;
}

/** Metrics of one name stand beside each other and are described once. */
export const prometheus = (metrics: Metric[]): string =>
  metrics
    .map((metric, i) => {
      const { name, help, type, value, labels } = metric;
      const head =
        metrics[i - 1]?.name === name ? "" : `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
      return `${head}${name}${labels ? labelled(labels) : ""} ${value}\n`;
    })
    .join("");

const labelled = (labels: Record<string, string>): string => `{${labelText(labels)}}`;

/** `a="1",b="2"` */
export const labelText = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}="${value.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n")}"`)
    .join(",");
