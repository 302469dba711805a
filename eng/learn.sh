#!/usr/bin/env bash
# Trains a task from three random models, centralised and split, evaluates each through the split and in one process, and compares
# (docs/reproduce.md): eng/learn.sh CONFIG. The last line has the mean accuracy.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[ -f "${1:-}" ] || { echo "usage: eng/learn.sh CONFIG" >&2; exit 2; }
config=$1
name=$(basename "$config" -tiny.yaml)
out=runs/learn/$name
rm -rf "$out"
accuracies=()
for seed in 1 2 3; do
    here=$out/$seed
    ./flglm init --config "eng/$name/config.json" --tokenizer ../shared/data/tokenizers/llama2 --seed $seed --out "$here/model" >/dev/null
    settings=(--set training.seed=$seed --set model.path="$here/model")
    eng/reproduce.sh "$config" "${settings[@]}"
    mv "runs/reproduce/$(basename "$config" .yaml)+training.seed=$seed+model.path=$here/model" "$here/training"

    trained=(--set model.path="$here/training/client/adapter")
    keys() { echo --set keys.identity="$here/training/keys/$1/identity.key" --set keys.known_peers="$here/training/keys/$1/known_peers"; }
    # shellcheck disable=SC2046
    ./flglm server --config "$config" "${trained[@]}" $(keys server) --set server.generate_only=true --set run.directory="$here/server" >"$here/server.log" 2>&1 &
    server=$!
    trap 'kill $server 2>/dev/null || true' EXIT
    # shellcheck disable=SC2046
    ./flglm evaluate --config "$config" "${trained[@]}" $(keys client) --set run.directory="$here/split" >"$here/split.log" 2>&1 \
        || { tail -n 3 "$here/split.log" >&2; exit 1; }
    kill $server
    wait $server || true
    ./flglm evaluate --local --config "$config" "${trained[@]}" --set run.directory="$here/local" >"$here/local.log" 2>&1
    cmp "$here/split/predictions.jsonl" "$here/local/predictions.jsonl"
    echo "seed $seed: split and local answers are the same; $(grep -o 'accuracy [0-9.]* ([^)]*)' "$here/split/summary.md")"
    accuracies+=("$(grep -o 'accuracy [0-9.]*' "$here/split/summary.md" | cut -d' ' -f2)")
done
printf '%s\n' "${accuracies[@]}" | awk '{ sum += $1 } END { printf "mean accuracy of %d seeds: %.2f\n", NR, sum / NR }'
