#!/usr/bin/env bash
# Runs a configuration centralised, then with a server and a client in processes of their own; compares the losses and what was trained, and
# loads that again (docs/reproduce.md): eng/reproduce.sh CONFIG [--set KEY=VALUE]... All of it goes to runs/reproduce.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[ -f "${1:-}" ] || { echo "usage: eng/reproduce.sh CONFIG [--set KEY=VALUE]..." >&2; exit 2; }
config=$1
shift
out=runs/reproduce/$(basename "$config" .yaml)
for argument in "$@"; do
    [ "$argument" = --set ] || out+=+$argument
done
rm -rf "$out"
! grep -q runs/rows/ "$config" || eng/token-rows.sh

for side in server client; do
    ./flglm keys --name $side --out "$out/keys/$side" >/dev/null
done
./flglm keys --trust "$out/keys/client/identity.pub" --out "$out/keys/server" >/dev/null
./flglm keys --trust "$out/keys/server/identity.pub" --out "$out/keys/client" >/dev/null

run() {
    ./flglm "$1" --config "$config" "${@:3}" --set run.directory="$out/$2" \
        --set keys.identity="$out/keys/$1/identity.key" --set keys.known_peers="$out/keys/$1/known_peers" >"$out/$2.log" 2>&1
}
run train whole "$@" || { tail -n 3 "$out/whole.log" >&2; exit 1; }
run server server "$@" &
server=$!
trap 'kill $server 2>/dev/null || true' EXIT
run client client "$@" || { tail -n 3 "$out/client.log" >&2; exit 1; }
wait $server || { tail -n 3 "$out/server.log" >&2; exit 1; }

for side in whole client; do
    echo "$side: $(grep -h 'validation loss' "$out/$side.log" | sed 's/validation loss after //' | tr '\n' ' ')"
done
eng/compare-losses.sh "$out/whole" "$out/client"
diff -r "$out/whole/adapter" "$out/client/adapter"
echo "what was trained is the same, file by file"

# What was trained, loaded whole: its validation loss before the first step is the trained one's after the last.
start=peft.start
! grep -q 'method: none' "$out/whole/config.yaml" || start=model.path
run train again "$@" --set $start="$out/client/adapter" --set training.steps=1 || { tail -n 3 "$out/again.log" >&2; exit 1; }
losses() { sed -n "$2"'s/.*"loss":\([^,}]*\).*/\1/p' "$out/$1/validation.jsonl"; }
[ "$(losses client '$')" = "$(losses again 1)" ] || { echo "loaded again its validation loss is $(losses again 1), and was $(losses client '$')" >&2; exit 1; }
echo "loaded again it has the same validation loss, $(losses again 1)"
