/** The claims of a token as identity providers make them: some 900 letters when it is signed. */
import { claims } from "../../policies/jwt-auth/cases/tokens.ts";

export const usualClaims = {
  ...claims,
  jti: "6d3c1f0e-0f8b-4d0c-9f5c-1c1d6f0a7b11",
  azp: "shop-frontend",
  scope: "openid profile email pets:read pets:write",
  realm_access: { roles: ["customer", "beta", "offline_access"] },
  email_verified: true,
  name: "Ada Lovelace",
  email: "ada@example.org",
};
