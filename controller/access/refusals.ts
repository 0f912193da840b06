/** Refusals that have a status of their own. Faults of what was sent are `UserError`s. */

/** 404 */
export class Missing extends Error {}

/** 409 */
export class Clash extends Error {
  constructor(
    readonly field: string,
    message: string,
  ) {
    super(message);
  }
}

/** More than a user may have. */
export class QuotaSpent extends Error {}
