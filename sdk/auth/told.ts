/**
 * Where the fields stand in what policies tell of a caller, apart by tabs. Both compilers read this file: policies write the
 * fields (`outcome.ts`), a gateway's events read them. A new one comes last, so that what an earlier module wrote still
 * means the same.
 */

/** Of each authentication, in the attribute `sluice_caller`. */
export enum CallerField {
  Sign,
  Method,
  Subject,
  Issuer,
  CredentialId,
  Consumer,
  Plan,
  ApplicationId,
  ApplicationName,
  Reason,
}

/** Of a request's subscription, in the attribute `sluice_subscription`. */
export enum SubscriptionField {
  Consumer,
  Plan,
  ApplicationId,
}
