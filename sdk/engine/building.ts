/** The chain that is being built: for a policy that asks for its place in `configure`. */

@unmanaged
class Building {
  /** Which entry of the chain's text is being configured. */
  at: i32;
  /** What the policies of the chain share, once one has asked. */
  fellowship: usize;
  /** The alternatives that the policy offers, a list of `Offer`; 0 if it offers none. */
  offers: usize;
  /** Whether the gateway keeps records of the route's requests. */
  recorded: bool;
}

export const building: Building = changetype<Building>(memory.data(16));
