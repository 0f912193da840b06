/** The part of WASI that Envoy answers to. Files and sockets do not exist. */
import { LogLevel } from "../../sdk/abi.ts";
import { toText } from "../bytes.ts";
import type { Hostcalls } from "../wasm/hostcall.ts";

const success = 0;
const badFile = 8;
const invalid = 28;
const notSupported = 58;

const absent = (): number => notSupported;

export const wasi: Hostcalls = {
  fd_write(vm, file: number, vectors: number, count: number, outWritten: number) {
    if (file !== 1 && file !== 2) return badFile;
    let text = "";
    for (let i = 0; i < count; i++)
      text += vm.memory.text(vm.memory.u32(vectors + 8 * i), vm.memory.u32(vectors + 8 * i + 4));
    if (text !== "")
      vm.log(
        file === 1 ? LogLevel.Info : LogLevel.Error,
        toText(text.replace(/\n$/, "")),
        vm.effective ?? vm.current,
      );
    vm.memory.setU32(outWritten, text.length);
    return success;
  },
  fd_read: absent,
  fd_seek: absent,
  fd_close: absent,
  fd_fdstat_get(vm, file: number, out: number) {
    if (file !== 1 && file !== 2) return badFile;
    vm.memory.setU64(out, 0n);
    vm.memory.setU64(out + 8, 64n);
    vm.memory.setU64(out + 16, 0n);
    return success;
  },
  fd_fdstat_set_flags: absent,
  fd_prestat_get: () => badFile,
  fd_prestat_dir_name: absent,
  fd_filestat_get: absent,
  fd_advise: absent,
  fd_allocate: absent,
  fd_datasync: absent,
  fd_fdstat_set_rights: absent,
  fd_filestat_set_size: absent,
  fd_filestat_set_times: absent,
  fd_pread: absent,
  fd_pwrite: absent,
  fd_readdir: absent,
  fd_renumber: absent,
  fd_sync: absent,
  fd_tell: absent,
  path_create_directory: absent,
  path_filestat_get: absent,
  path_filestat_set_times: absent,
  path_link: absent,
  path_open: () => 44,
  path_readlink: absent,
  path_remove_directory: absent,
  path_rename: absent,
  path_symlink: absent,
  path_unlink_file: absent,
  poll_oneoff: absent,
  proc_raise: absent,
  sched_yield: () => success,
  sock_accept: absent,
  sock_recv: absent,
  sock_send: absent,
  sock_shutdown: absent,
  clock_res_get: absent,
  clock_time_get(vm, clock: number, _precision: bigint, out: number) {
    if (clock !== 0 && clock !== 1) return notSupported;
    vm.memory.setU64(out, vm.host.clock.nanoseconds());
    return success;
  },
  random_get(vm, address: number, size: number) {
    if (size < 0) return invalid;
    vm.memory.set(
      address,
      Uint8Array.from({ length: size }, () => Math.floor(vm.host.random() * 256)),
    );
    return success;
  },
  environ_sizes_get(vm, outCount: number, outSize: number) {
    const lines = environment(vm.settings.environment);
    vm.memory.setU32(outCount, lines.length);
    vm.memory.setU32(
      outSize,
      lines.reduce((sum, line) => sum + line.length, 0),
    );
    return success;
  },
  environ_get(vm, outAddresses: number, outText: number) {
    for (const line of environment(vm.settings.environment)) {
      vm.memory.setU32(outAddresses, outText);
      vm.memory.set(outText, line);
      outAddresses += 4;
      outText += line.length;
    }
    return success;
  },
  args_sizes_get(vm, outCount: number, outSize: number) {
    vm.memory.setU32(outCount, 0);
    vm.memory.setU32(outSize, 0);
    return success;
  },
  args_get: () => success,
  /** Envoy only notes it, and the module runs on. */
  proc_exit(vm, code: number) {
    vm.log(LogLevel.Error, `proc_exit(${code})`, vm.current);
  },
};

const environment = (variables: Record<string, string>): Buffer[] =>
  Object.entries(variables).map(([name, value]) => Buffer.from(`${name}=${value}\0`));
