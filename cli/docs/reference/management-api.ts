/** The page of the management API: its own description, one row for each operation. */
import { describeManagement } from "../../../controller/describe/management.ts";
import { resourceKinds } from "../../../controller/model/index.ts";
import { code, inCell, page, table } from "../markdown.ts";

const base = "/api/management/v1";

export const managementApi = describeManagement(base, resourceKinds);

export const managementPage = (): string =>
  page(
    "# The management API",
    `On port 9090, below \`${base}\`. A gateway that runs serves the whole description, with every answer and its schema, as ` +
      "`/openapi.json`, `/openapi.yaml` and, to read and try in a browser, `/docs`.",
    table(
      ["", "path", "does", "for"],
      Object.entries(managementApi.paths).flatMap(([path, operations]) =>
        Object.entries(operations).map(([method, operation]) => [
          method.toUpperCase(),
          code(path),
          inCell(String(operation["summary"] ?? "")),
          inCell(((operation["x-roles"] as string[] | undefined) ?? ["everybody"]).join(", ")),
        ]),
      ),
    ),
  );
