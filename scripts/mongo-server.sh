#!/usr/bin/env bash
# A server that speaks MongoDB's protocol, for the tests of the mongo store on machines without MongoDB: mongo-java-server from Maven Central.
# Run after `npm ci`: the files live in node_modules/.cache. With --install, Debian's Java and Maven are installed where they lack (as root).
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -n "${MONGODB_URL:-}" ] || command -v mongod >/dev/null; then exit 0; fi
if [ "${1:-}" = --install ]; then
  missing=()
  command -v javac >/dev/null || missing+=(default-jdk-headless)
  command -v mvn >/dev/null || missing+=(maven)
  if [ ${#missing[@]} -gt 0 ]; then
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "${missing[@]}"
  fi
fi
target=$PWD/node_modules/.cache/mongo-server
if [ -d "$target" ]; then exit 0; fi
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
cp test/support/mongo-server/pom.xml "$made"
(cd "$made" && mvn -q -B dependency:copy-dependencies -DoutputDirectory="$made/jars")
mkdir -p "$(dirname "$target")"
mv "$made/jars" "$target"
