/** Header fields that a policy sets because its parameters say so. */

/** What says where a message ends, and what belongs to one connection (RFC 9110, section 7.6.1). */
const FRAMING: string =
  ",content-length,transfer-encoding,connection,keep-alive,proxy-connection,te,trailer,upgrade,";

/**
 * Why a policy may not set this field; null if it may. The gateway frames messages itself: a length of
 * somebody's own leaves a message without an end, or with a second one inside.
 */
export function problemOfField(name: string, value: string): string | null {
  const lower = name.toLowerCase();
  if (!isName(lower)) return "a header cannot be called " + name;
  if (lower.startsWith("x-sluice-") || lower == "x-target-upstream") {
    return lower + " belongs to the gateway";
  }
  if (FRAMING.includes("," + lower + ",")) return lower + " is set by the gateway itself";
  // Envoy takes it for `:authority`, by which routes are chosen.
  if (lower == "host") return "host is changed by the policy host-rewrite";
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i);
    if (unit == 0 || unit == 0x0a || unit == 0x0d) {
      return "the value of " + lower + " has a line break or a NUL in it";
    }
  }
  return null;
}

/** A token (RFC 9110, section 5.6.2), so no pseudo header. */
function isName(lower: string): bool {
  for (let i = 0; i < lower.length; i++) {
    const unit = <u32>lower.charCodeAt(i);
    const plain = unit - 0x61 < 26 || unit - 0x30 < 10;
    if (!plain && !"-_.!#$%&'*+^`|~".includes(String.fromCharCode(unit))) return false;
  }
  return lower.length > 0;
}
