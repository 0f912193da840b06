/** What a hostcall changed, in words, for those who look at a request's way. */
import { MapType } from "../../sdk/abi.ts";
import { toText } from "../bytes.ts";
import type { Vm } from "../wasm/vm.ts";

const shorten = (text: string): string => (text.length > 120 ? `${text.slice(0, 117)}…` : text);

const mapName = (type: number): string =>
  (MapType[type] ?? `map ${type}`).replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();

type Describe = (vm: Vm, ...words: number[]) => string;

/** Only these change anything that can be seen outside the module. */
export const describe: Record<string, Describe> = {
  proxy_add_header_map_value: (vm, map, name, nameSize, value, size) =>
    `${mapName(map!)}: add ${pair(vm, name!, nameSize!, value!, size!)}`,
  proxy_replace_header_map_value: (vm, map, name, nameSize, value, size) =>
    `${mapName(map!)}: set ${pair(vm, name!, nameSize!, value!, size!)}`,
  proxy_remove_header_map_value: (vm, map, name, size) =>
    `${mapName(map!)}: remove ${text(vm, name!, size!)}`,
  proxy_set_header_map_pairs: (vm, map, block, size) =>
    `${mapName(map!)}: ${vm.memory
      .pairs(block!, size!)
      .map(([name, value]) => shorten(`${name}: ${toText(value)}`))
      .join(", ")}`,
  proxy_set_buffer_bytes: (_vm, buffer, start, length, _data, size) =>
    `${buffer === 0 ? "request" : "response"} body: ${size} bytes in place of ${length! >>> 0} at ${start}`,
  proxy_send_local_response: (vm, status, _details, _detailsSize, body, size) =>
    `answer ${status} ${text(vm, body!, size!)}`,
  proxy_http_call: (vm, cluster, clusterSize, headers, headersSize) => {
    const request = new Map(vm.memory.pairs(headers!, headersSize!));
    return `call ${text(vm, cluster!, clusterSize!)}: ${request.get(":method")} ${request.get(":path")}`;
  },
  proxy_set_property: (vm, path, pathSize, value, size) =>
    `property ${pair(vm, path!, pathSize!, value!, size!)}`,
  proxy_set_shared_data: (vm, key, keySize, _value, size) =>
    `shared data ${text(vm, key!, keySize!)}: ${size} bytes`,
  proxy_continue_stream: (_vm, stream) => `go on with the ${stream === 0 ? "request" : "response"}`,
  proxy_close_stream: () => "end the stream",
};

const text = (vm: Vm, address: number, size: number): string =>
  shorten(toText(vm.memory.text(address, size)));

const pair = (vm: Vm, name: number, nameSize: number, value: number, size: number): string =>
  `${text(vm, name, nameSize)}: ${text(vm, value, size)}`;
