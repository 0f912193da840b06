import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { hostcallNames, hostcalls } from "../../host-sim/hostcalls/index.ts";

test("whatever the SDK imports, the simulator has", async () => {
  const text = await readFile("sdk/env.ts", "utf8");
  const imported = [...text.matchAll(/^export declare function (\w+)/gm)].map((match) => match[1]!);
  expect(imported.length).toBeGreaterThan(20);
  expect(imported.filter((name) => !hostcallNames.has(`env.${name}`))).toEqual([]);
});

test("the table has the hostcalls that Envoy registers for ABI 0.2.1, and no others", () => {
  const envoy = `log get_log_level get_status get_property set_property continue_stream close_stream
    send_local_response get_shared_data set_shared_data register_shared_queue resolve_shared_queue
    enqueue_shared_queue dequeue_shared_queue get_header_map_value add_header_map_value
    replace_header_map_value remove_header_map_value get_header_map_pairs set_header_map_pairs
    get_header_map_size get_buffer_bytes get_buffer_status set_buffer_bytes http_call grpc_call grpc_stream
    grpc_send grpc_cancel grpc_close set_tick_period_milliseconds get_current_time_nanoseconds define_metric
    increment_metric record_metric get_metric set_effective_context done call_foreign_function`;
  const expected = envoy.split(/\s+/).map((name) => `proxy_${name}`);
  expect(Object.keys(hostcalls).sort()).toEqual(expected.sort());
});
