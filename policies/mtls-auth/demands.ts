/** What a certificate must have: of each list that is not empty, one. */
import { Certificate } from "./certificate";
import { DistinguishedName } from "./distinguished-name";
import { Params } from "./params";

export class Demands {
  private subjects: DistinguishedName[] = [];
  private commonNames: string[];
  private sans: string[];
  private fingerprints: string[] = [];
  /** What is wrong with the parameters, null if nothing is. */
  problem: string | null = null;

  constructor(params: Params) {
    this.commonNames = params.commonNames;
    this.sans = params.sans;
    for (let i = 0; i < params.subjects.length; i++) {
      const name = DistinguishedName.parse(params.subjects[i]);
      if (name !== null) this.subjects.push(name);
      else {
        this.problem =
          "subjects[" +
          i.toString() +
          "]: expected a name such as CN=robot,O=Example, found " +
          params.subjects[i];
      }
    }
    for (let i = 0; i < params.fingerprints.length; i++) {
      this.fingerprints.push(params.fingerprints[i].replaceAll(":", "").toLowerCase());
    }
  }

  meets(certificate: Certificate): bool {
    return (
      this.hasSubject(certificate.name) &&
      this.hasCommonName(certificate.commonName) &&
      this.hasSan(certificate) &&
      this.hasFingerprint(certificate.fingerprint)
    );
  }

  private hasSubject(name: DistinguishedName | null): bool {
    for (let i = 0; i < this.subjects.length; i++) {
      if (name !== null && this.subjects[i].equals(name)) return true;
    }
    return !this.subjects.length;
  }

  private hasCommonName(name: string): bool {
    return !this.commonNames.length || this.commonNames.includes(name);
  }

  private hasSan(certificate: Certificate): bool {
    for (let i = 0; i < this.sans.length; i++) {
      const wanted = this.sans[i];
      if (matchesUri(certificate.uriSan, wanted) || matchesDns(certificate.dnsSan, wanted)) {
        return true;
      }
    }
    return !this.sans.length;
  }

  private hasFingerprint(fingerprint: string): bool {
    return !this.fingerprints.length || this.fingerprints.includes(fingerprint);
  }
}

function matchesUri(name: string, wanted: string): bool {
  if (wanted.indexOf("://") < 0 || !wanted.endsWith("/*")) return name == wanted && name.length > 0;
  const above = wanted.substring(0, wanted.length - 1);
  return name.length > above.length && name.startsWith(above);
}

/** `name` is in lower case. */
function matchesDns(name: string, wanted: string): bool {
  const lower = wanted.toLowerCase();
  if (!lower.startsWith("*.")) return name == lower && name.length > 0;
  const dot = name.indexOf(".");
  return dot > 0 && name.substring(dot) == lower.substring(1);
}
