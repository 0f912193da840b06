/** The chain that is being built: for a policy that asks for its place in `configure`. */

@unmanaged
class Building {
  /** The index of the policy that is being configured. */
  at: i32;
  /** What the policies of the chain share, once one has asked. */
  fellowship: usize;
}

export const building: Building = changetype<Building>(memory.data(8));
