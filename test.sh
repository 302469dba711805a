#!/usr/bin/env bash
# Builds everything and runs the tests.
#
#   ./test.sh                        what needs nothing but the .NET SDK, in a few minutes
#   ./test.sh --all                  the long and the optional tests too, and installs what they need
#   ./test.sh -p:FlGlmTorch=cuda     -p:... goes to the build
#   ./test.sh --filter Split_loss    anything else goes to the tests
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
export DOTNET_CLI_UI_LANGUAGE=en DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
export OMP_NUM_THREADS=1 # the last digits depend on the number of threads
export CI=true   # packages as locked; a build machine's rules

all=() build=() tests=()
for argument in "$@"; do
    case $argument in
        --all) all=(--all) && export FLGLM_TEST_ALL=1 ;;
        -p:FlGlmTorch=*) export "${argument#-p:}" && build+=("$argument") ;;
        -p:*) build+=("$argument") ;;
        *) tests+=("$argument") ;;
    esac
done

eng/setup.sh "${all[@]}" || exit
mkdir -p artifacts
(
    flock 9   # ./flglm builds under the same lock
    dotnet build FlGlm.sln -c Release -m -v quiet -nologo -clp:NoSummary -nodeReuse:false "${build[@]}" 9>&-
) 9>artifacts/flglm.lock || exit

fixtures=${FLGLM_FIXTURES:-../shared/fixtures}
[ -d "$fixtures" ] || fixtures=tests/Fixtures
echo "fixtures: $(realpath "$fixtures")"

passed=0 failed=0 skipped=0 broken=0
output=$(mktemp) listing=$(mktemp)
trap 'rm -f "$output" "$listing"' EXIT
for project in tests/*.Tests; do
    name=$(basename "$project")
    dll=$project/bin/Release/net10.0/$name.dll
    dotnet test "$dll" --list-tests "${tests[@]}" >"$listing" 2>/dev/null &
    timeout -k 10 900 dotnet test "$dll" --blame-hang-timeout 5m --blame-hang-dump-type none \
        --results-directory artifacts/tests "${tests[@]}" 2>&1 | tee "$output" | grep -vE '^(Test run for|A total of|Starting test|VSTest version|Data collector|Attachments:|$)'
    code=${PIPESTATUS[0]}
    wait # for the listing
    counts=$(sed -nE 's/.*Failed: *([0-9]+), Passed: *([0-9]+), Skipped: *([0-9]+),.*/\1 \2 \3/p' "$output" | tail -n 1)
    if read -r f p s <<<"$counts" && [ -n "${s:-}" ]; then
        failed=$((failed + f)) passed=$((passed + p)) skipped=$((skipped + s))
        # A run that something ends early counts what it ran as passed.
        listed=$(grep -c '^    ' "$listing")
        if [ $((f + p + s)) -lt "$listed" ]; then
            echo "$name ended after $((f + p + s)) of $listed tests"
            broken=1
        fi
    elif ! grep -q 'No test matches' "$output"; then
        echo "$name did not run (exit code $code)"
        broken=1
    fi
    [ "$code" -eq 0 ] || broken=1
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $((failed + broken)) -eq 0 ] && [ "$passed" -gt 0 ]
