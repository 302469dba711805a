#!/usr/bin/env bash
# Writes rows of random token ids for the glm1 and glm2 configurations, whose models have no tokenizer: runs/rows/glm1.jsonl and glm2.jsonl.
# Each answer is 2 to 9 ids out of the same eight. The numbers are Park and Miller's, the same from every awk.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mkdir -p runs/rows

# rows SEED BEFORE BETWEEN END FIRST: BEFORE context BETWEEN answer END, learnt from place FIRST on, counted from the answer's own.
rows() {
    awk -v state="$1" -v before="$2" -v between="$3" -v end="$4" -v first="$5" '
        function draw(n) { state = (16807 * state) % 2147483647; return state % n }
        function add(id) { ids = ids (ids == "" ? "" : ", ") id; at[++count] = id }
        BEGIN {
            for (row = 0; row < 240; row++) {
                ids = labels = ""; count = 0
                for (i = 1; i <= split(before, part, " "); i++) add(part[i])
                for (i = 4 + draw(17); i > 0; i--) add(10 + draw(170))
                for (i = 1; i <= split(between, part, " "); i++) add(part[i])
                learnt = count + first
                for (i = 2 + draw(8); i > 0; i--) add(20 + 10 * draw(8))
                add(end)
                for (i = 1; i <= count; i++) labels = labels (i > 1 ? ", " : "") (i > learnt ? at[i] : -100)
                printf "{\"input_ids\": [%s], \"labels\": [%s]}\n", ids, labels
            }
        }'
}

rows 1 "" "201 204" 205 -1 >runs/rows/glm1.jsonl    # context [gMASK] <sop> answer <eop>; <sop> is learnt too
rows 2 "190 192" "" 2 0 >runs/rows/glm2.jsonl       # [gMASK] sop context answer eos
