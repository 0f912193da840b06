/** What a gRPC error says, without its inner workings. */
export function words(error: Error & { details?: string }): string {
  const said = error.details || error.message;
  const [, inner] = /Last error: (?:Error: )?(.+?)\. Resolution note/.exec(said) ?? [];
  return inner ?? said;
}
