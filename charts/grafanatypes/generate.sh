#!/usr/bin/env bash
# Makes schema.json from the npm package @grafana/schema, whose licence stands
# beside it. Needs npm; nothing else here does.
set -euo pipefail
cd "$(dirname "$0")"
here=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp package.json dashboard.ts tsconfig.json "$work"
cd "$work"
npm install --ignore-scripts --no-audit --no-fund --silent
npx ts-json-schema-generator --path dashboard.ts --type GrafanaDashboard --tsconfig tsconfig.json --no-type-check -o all.json
# The descriptions are the documentation again; what counts is the structure.
node -e '
  const fs = require("fs");
  const strip = v => Array.isArray(v) ? v.map(strip) : v && typeof v === "object"
    ? Object.fromEntries(Object.entries(v).filter(([k, x]) => !(k === "description" && typeof x === "string")).map(([k, x]) => [k, strip(x)])) : v;
  const types = JSON.parse(fs.readFileSync("node_modules/@grafana/schema/package.json"));
  const schema = strip(JSON.parse(fs.readFileSync("all.json")));
  const note = `Made by generate.sh from @grafana/schema ${types.version} (Apache 2.0, see LICENSE). Do not edit.`;
  fs.writeFileSync(process.argv[1], JSON.stringify({ $comment: note, ...schema }, null, 1) + "\n");
' "$here/schema.json"
