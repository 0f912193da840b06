/** What filters note on a request: properties that modules set, and Envoy's own registered objects. */
export interface FilterStateType {
  readonly: boolean;
  /** Bytes, string, or a protobuf message that the host does not look into. */
  kind: "bytes" | "string" | "message";
}

export interface FilterStateEntry {
  type: FilterStateType;
  value: string;
  initialised: boolean;
}

export const plainBytes: FilterStateType = { readonly: false, kind: "bytes" };

export type FilterState = Map<string, FilterStateEntry>;

/** False if the entry may be written once only, and was. */
export function setFilterState(
  state: FilterState,
  key: string,
  value: string,
  type: FilterStateType,
): boolean {
  const entry = state.get(key);
  if (!entry) {
    state.set(key, { type, value, initialised: true });
    return true;
  }
  if (entry.type.readonly && entry.initialised) return false;
  entry.value = value;
  return true;
}
