/** Shared data and queues. */
import { Status } from "../../sdk/abi.ts";
import type { Hostcalls } from "../wasm/hostcall.ts";

export const shared: Hostcalls = {
  proxy_get_shared_data(
    vm,
    key: number,
    keySize: number,
    out: number,
    outSize: number,
    outCas: number,
  ) {
    const found = vm.host.shared.get(vm.settings.vmId, vm.memory.text(key, keySize));
    if (!found) return Status.NotFound;
    vm.memory.give(found.text, out, outSize);
    vm.memory.setU32(outCas, found.cas);
    return Status.Ok;
  },

  proxy_set_shared_data(
    vm,
    key: number,
    keySize: number,
    value: number,
    size: number,
    cas: number,
  ) {
    const name = vm.memory.text(key, keySize);
    return vm.host.shared.set(vm.settings.vmId, name, vm.memory.text(value, size), cas >>> 0);
  },

  proxy_register_shared_queue(vm, name: number, size: number, outToken: number) {
    const { root } = vm.context;
    const { host } = vm;
    const token: number = host.shared.registerQueue(
      vm.settings.vmId,
      vm.memory.text(name, size),
      () => host.post(() => vm.notify(root, "queue_ready", token)),
    );
    vm.memory.setU32(outToken, token);
    return Status.Ok;
  },

  proxy_resolve_shared_queue(
    vm,
    vmId: number,
    vmIdSize: number,
    name: number,
    size: number,
    outToken: number,
  ) {
    const owner = vm.memory.text(vmId, vmIdSize);
    const token = vm.host.shared.resolveQueue(owner, vm.memory.text(name, size));
    if (token === null) return Status.NotFound;
    vm.memory.setU32(outToken, token);
    return Status.Ok;
  },

  proxy_enqueue_shared_queue(vm, token: number, data: number, size: number) {
    return vm.host.shared.enqueue(token >>> 0, vm.memory.bytes(data, size));
  },

  proxy_dequeue_shared_queue(vm, token: number, out: number, outSize: number) {
    const item = vm.host.shared.dequeue(token >>> 0);
    if (typeof item === "number") return item;
    vm.memory.give(item, out, outSize);
    return Status.Ok;
  },
};
