#!/usr/bin/env bash
# Checks that what FlGlm is built with is here. --all also installs what optional tests need (Debian, Ubuntu: apt-get).
set -euo pipefail

stop() {
    echo "flglm: $1" >&2
    exit 1
}
has() { command -v "$1" >/dev/null; }

has dotnet || stop "there is no 'dotnet' here. Install the .NET 10 SDK (https://dot.net/download) and run this again."
dotnet --list-sdks | grep -q '^10\.' || stop "there is no .NET 10 SDK here, only $(dotnet --version 2>/dev/null || echo none). Install it (https://dot.net/download) and run this again."
[ "${1:-}" = --all ] || exit 0

packages=() optional=()
has spm_train || packages+=(sentencepiece)   # the tokenizers that tests train
if has apt-get && [ "$(id -u)" -eq 0 ]; then  # the tests are skipped where one of these is missing
    has mpirun || optional+=(openmpi-bin)     # several servers of one run
    has chromium || optional+=(chromium)      # the page of a run in a browser
    [ -e /usr/lib/x86_64-linux-gnu/openblas-openmp ] || optional+=(libopenblas0-openmp) # other matrix products than libtorch's
fi
all=("${packages[@]}" "${optional[@]}")
[ ${#all[@]} -gt 0 ] || exit 0
cure="Install ${packages[*]}, or run ./test.sh without --all: what needs them is skipped then."
has apt-get || stop "optional tests need ${packages[*]}, and there is no apt-get here. $cure"
root=()
if [ "$(id -u)" -ne 0 ]; then
    has sudo || stop "optional tests need ${packages[*]}, and installing them needs root. $cure"
    root=(sudo)
fi

echo "flglm: installing ${all[*]} for the optional tests" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt=("${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=2 -o Acquire::http::Timeout=20)
get() {
    "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends "$@"
}
if [ ${#packages[@]} -gt 0 ] && ! get "${packages[@]}" >"$log" 2>&1; then
    reason=$(grep '^E:' "$log" | head -n 1) || reason=$(tail -n 1 "$log")
    stop "apt-get could not install ${packages[*]} (${reason#E: }). $cure"
fi
for package in "${optional[@]}"; do
    get "$package" >"$log" 2>&1 || echo "flglm: apt-get could not install $package; the tests that need it are skipped" >&2
done
