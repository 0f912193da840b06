/**
 * How far the feed has come, and who brings it: two records in shared data. Every root context ticks,
 * so one is elected by a lease. The newest machine wins, because an old module goes on ticking while a
 * stream lives on it; when its holder dies the lease runs out and another takes it.
 */
import { nowNanoseconds } from "../../hostcalls/clock";
import { readShared, sharedSize, sharedVersion, writeShared } from "../../hostcalls/shared";
import { BUCKETS } from "./records";

/** Longer than the main thread stands still when it loads a module. */
const LEASE_MS: i64 = 1200;

const LEASE: StaticArray<u8> = [0x73, 0x6c, 0x75, 0x69, 0x63, 0x65, 0x2e, 0x6c];
/** Another name for each form of the records: a module of a new form waits for them to come anew. */
const STATUS: StaticArray<u8> = [0x73, 0x6c, 0x75, 0x69, 0x63, 0x65, 0x2e, 0x67];
const KEY_SIZE: usize = 8;

/** Number of the last candidate, the holder's number, when its machine began, when the lease ends. */
const lease: usize = memory.data(32);
const LEASE_SIZE: usize = 32;
const status: usize = memory.data(24);
const STATUS_SIZE: usize = 24;

/** This machine's own number, 0 until it is a candidate; its age decides against an equal. */
let self: u64 = 0;
let born: u64 = 0;

/** Makes both records: once per process, before any worker serves, so that no write can undo another. */
export function prepareFeed(): void {
  if (!readShared(changetype<usize>(LEASE), KEY_SIZE)) {
    memory.fill(lease, 0, LEASE_SIZE);
    writeShared(changetype<usize>(LEASE), KEY_SIZE, lease, LEASE_SIZE, 0);
  }
  if (!readShared(changetype<usize>(STATUS), KEY_SIZE)) {
    memory.fill(status, 0, STATUS_SIZE);
    writeShared(changetype<usize>(STATUS), KEY_SIZE, status, STATUS_SIZE, 0);
  }
}

function writeLease(): bool {
  return writeShared(changetype<usize>(LEASE), KEY_SIZE, lease, LEASE_SIZE, sharedVersion);
}

function readLease(): bool {
  const at = readShared(changetype<usize>(LEASE), KEY_SIZE);
  if (!at || sharedSize != LEASE_SIZE) return false;
  memory.copy(lease, at, LEASE_SIZE);
  return true;
}

/** Takes a number that no other machine of this process has. */
function enrol(): bool {
  if (self) return true;
  if (!readLease()) return false;
  const mine = load<u64>(lease) + 1;
  store<u64>(lease, mine);
  if (!writeLease()) return false;
  self = mine;
  born = nowNanoseconds();
  return true;
}

/** True if this machine brings the feed now; takes or renews the lease if it may. */
export function holdLease(now: i64): bool {
  if (!enrol() || !readLease()) return false;
  const mine = load<u64>(lease, 8) == self;
  if (!mine && load<i64>(lease, 24) > now && load<u64>(lease, 16) >= born) return false;
  store<u64>(lease, self, 8);
  store<u64>(lease, born, 16);
  store<i64>(lease, now + LEASE_MS, 24);
  return writeLease();
}

/** What `readStatus` read. A snapshot is under way while `cursor` is below the number of buckets. */
export let epoch: u64 = 0;
export let revision: u64 = 0;
export let cursor: u32 = 0;
/** True once a whole snapshot has come into this process. */
export let complete: bool = false;

/** What a write of the status has to replace. */
let version: u32 = 0;

export function readStatus(): void {
  const at = readShared(changetype<usize>(STATUS), KEY_SIZE);
  version = sharedVersion;
  const found = at && sharedSize == STATUS_SIZE;
  epoch = found ? load<u64>(at) : 0;
  revision = found ? load<u64>(at, 8) : 0;
  cursor = found ? load<u32>(at, 16) : 0;
  complete = found ? load<u32>(at, 20) != 0 : false;
}

/**
 * How far the feed has come, once all of an answer is written. False if another machine has brought something since
 * `readStatus`: which of the two wrote a record last is not known then.
 */
export function writeStatus(newEpoch: u64, newRevision: u64, newCursor: u32): bool {
  store<u64>(status, newEpoch);
  store<u64>(status, newRevision, 8);
  store<u32>(status, newCursor, 16);
  store<u32>(status, complete || newCursor >= BUCKETS ? 1 : 0, 20);
  const isWritten = writeShared(changetype<usize>(STATUS), KEY_SIZE, status, STATUS_SIZE, version);
  readStatus();
  return isWritten;
}

/** After two machines have written: what came after the earlier position of both comes again, or everything. */
export function stepBack(fromEpoch: u64, fromRevision: u64, fromCursor: u32): void {
  let isBack = false;
  while (!isBack) {
    readStatus();
    const areChanges = cursor >= BUCKETS && fromCursor >= BUCKETS;
    const areParts = cursor < BUCKETS && fromCursor < BUCKETS && revision == fromRevision;
    isBack =
      epoch == fromEpoch && (areChanges || areParts)
        ? writeStatus(epoch, min(revision, fromRevision), min(cursor, fromCursor))
        : writeStatus(0, 0, 0);
  }
}
