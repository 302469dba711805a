#!/usr/bin/env bash
# Compares the losses of two runs, digit by digit: eng/compare-losses.sh RUN RUN (run directories or metrics.jsonl files).
set -euo pipefail
[ $# -eq 2 ] || { echo "usage: eng/compare-losses.sh RUN RUN" >&2; exit 2; }

# The step and its loss as written: the shortest digits that read back as the same float, so equal text is equal bits.
losses() {
    local file=$1
    [ ! -d "$file" ] || file=$file/metrics.jsonl
    [ -s "$file" ] || { echo "there are no metrics in $file" >&2; exit 2; }
    sed -nE 's/.*"step":([0-9]+),.*"loss":("?[^,"]+"?),.*/\1 \2/p' "$file"
}

first=$(losses "$1") second=$(losses "$2")
if [ "$first" = "$second" ]; then
    echo "$(wc -l <<<"$first") steps, the same losses bit for bit; the last is $(tail -n 1 <<<"$first" | cut -d' ' -f2)"
else
    echo "the losses differ (step and loss; < $1, > $2):"
    diff <(echo "$first") <(echo "$second") | grep '^[<>]' | head -n 10
    exit 1
fi
