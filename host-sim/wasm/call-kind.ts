/** The kinds of calls that a module makes: each has numbers of its own, as in Envoy. */
export enum CallKind {
  Http,
  GrpcCall,
  GrpcStream,
}
