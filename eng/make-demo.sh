#!/usr/bin/env bash
# Makes everything in demo/ anew from its seeds (demo/README.md says what that is). Takes a few minutes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
seed=20251
work=artifacts/demo
rm -rf "$work" && mkdir -p "$work" demo/data demo/model

rows() { dotnet run eng/demo/GenerateRows.cs -- "eng/demo/$1.grammar" "$seed" "$2" "$3"; }

echo "generating the stories and the clients' notes"
rows stories 0 16000 >"$work/stories.txt"
for client in harbour garden; do
    rows $client 0 320 >demo/data/$client.jsonl
    rows $client 320 40
done >demo/data/validation.jsonl

echo "training the tokenizer"
printf '%b\n' "$(printf '\\x%02x ' {33..126})" >"$work/ascii.txt"
(cd "$work" && spm_train --input=stories.txt,ascii.txt --model_prefix=tokenizer --model_type=bpe --vocab_size=1024 --byte_fallback=true \
    --normalization_rule_name=identity --remove_extra_whitespaces=false --character_coverage=1.0 --num_threads=1 \
    --unk_id=0 --bos_id=1 --eos_id=2 --pad_id=-1 >tokenizer.log 2>&1) || { tail -n 5 "$work/tokenizer.log" >&2; exit 1; }

echo "initialising and pretraining the checkpoint"
mkdir "$work/tokenizer"
cp "$work/tokenizer.model" eng/demo/tokenizer_config.json "$work/tokenizer"
./flglm init --config eng/demo/config.json --seed $seed --tokenizer "$work/tokenizer" --out "$work/untrained"
./flglm train --config configs/demo-pretrain.yaml --set run.directory="$work/run"
cp "$work/run/adapter/"* demo/model/
du -sh demo/model demo/data
