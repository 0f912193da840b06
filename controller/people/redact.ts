/** A document without its secrets, for dumps and the audit log: what a name or a shape says is one, and marked templates. */
const sensitive =
  /^(value|password|passwd|secret|token|apikey|api_key|key|privatekey|signingkey|clientkey|clientsecret|bearertoken|credential|subscriptiontoken|accesskey|secretkey|authorization)$/i;
const compound =
  /(password|secret|token|apikey|api[-_]key|privatekey|private_key|signingkey|clientkey|credential)s?$/i;
/** Policies' own headers have a name and a value; only those of credentials are hidden. */
const credentialHeader = /authorization|api[-_]?key|token|secret|cookie/i;

export const hidden = "***";

export function redact(value: unknown): unknown {
  if (typeof value === "string") return redactText(value);
  if (Array.isArray(value)) return value.map(redact);
  if (typeof value !== "object" || value === null) return value;
  const fields = value as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(fields).map(([name, one]) => [
      name,
      isSecret(name, one, fields) ? hidden : redact(one),
    ]),
  );
}

function isSecret(name: string, value: unknown, beside: Record<string, unknown>): boolean {
  if (typeof value !== "string" || value === "" || isTemplate(value)) return false;
  // A header without an own word for it is a policy's; beside `header` stands an upstream's credential.
  if (/^value$/i.test(name))
    return typeof beside.name !== "string" || credentialHeader.test(beside.name);
  // A header's or a claim's name is no secret, though it may be called `key`.
  if (/^key$/i.test(name)) return value.length >= 32;
  return sensitive.test(name) || compound.test(name);
}

/** `{{ secret "name" }}` names a secret and shows none. */
export const isTemplate = (text: string): boolean =>
  /^\s*([A-Za-z]+ )?\{\{[^}]*\}\}\s*$/.test(text) && !/redact/.test(text);

const redactText = (text: string): string => {
  // Rather too much than by a pattern that looks anew from each brace of a hostile text.
  const marked = text.includes("{{") && text.includes("redact");
  if (marked || /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) return hidden;
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/[^:@/]*:)[^@/]*@/i, `$1${hidden}@`);
};
