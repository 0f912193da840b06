#!/bin/sh
# Makes ../envoy-1.40.binpb.gz anew. Needs Go 1.26 or newer and a Go module proxy.
set -eu
cd "$(dirname "$0")"
api=github.com/envoyproxy/go-control-plane/envoy
{
  echo 'package main'
  echo
  echo 'import ('
  go list -mod=mod "$api/..." | grep -E '/(v3|annotations)$' | sed 's/.*/\t_ "&"/'
  echo ')'
} > imports.go
trap 'rm -f imports.go' EXIT
go mod tidy
go run . | gzip -9n > ../envoy-1.40.binpb.gz
