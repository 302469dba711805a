#!/usr/bin/env bash
# Installs what FlGlm needs beside the .NET SDK: libtorch, a fast BLAS, SentencePiece, a C++ compiler. Does nothing where they are there.
# TorchBackend=package, TokenizerBackend=package and LIBTORCH=DIR (another libtorch) need less.
set -euo pipefail
shopt -s nullglob

stop() {
    echo "flglm: $1" >&2
    exit 1
}
has() { command -v "$1" >/dev/null; }

# The reference BLAS is about 25 times slower than OpenBLAS. The system's choice is what libblas.so.3 leads to.
slow_blas() {
    local blas
    for blas in /usr/lib{,64}/libblas.so.[3] /usr/lib/*/libblas.so.3; do
        case $(readlink -f "$blas") in */blas/libblas.so.3*) ;; *) return 1 ;; esac
    done
}

packages=()
if [ -z "${LIBTORCH:-}" ] && [ "${TorchBackend:-system}" = system ]; then
    [ -e /usr/include/torch ] || packages+=(libtorch-dev)
    ! slow_blas || packages+=(libopenblas0-pthread)
fi
if [ "${TokenizerBackend:-system}" = system ]; then
    [ -e /usr/include/sentencepiece_processor.h ] || packages+=(libsentencepiece-dev)
    has spm_train || packages+=(sentencepiece)
fi
if [ "${TorchBackend:-system}" = system ] || [ "${TokenizerBackend:-system}" = system ]; then
    for tool in g++ cmake make; do
        has $tool || packages+=($tool)
    done
fi
has dotnet || stop "there is no 'dotnet' here. Install the .NET 10 SDK (https://dot.net/download) and run this again."
[ ${#packages[@]} -gt 0 ] || exit 0

missing="this machine lacks ${packages[*]}"
cure="Install them (Debian, Ubuntu: apt-get install ${packages[*]}), or name a LibTorch folder with LIBTORCH=DIR."
has apt-get || stop "$missing, and there is no apt-get here. $cure"
root=()
if [ "$(id -u)" -ne 0 ]; then
    has sudo || stop "$missing, and installing them needs root. $cure"
    root=(sudo)
fi

echo "flglm: installing ${packages[*]} (once; a few minutes)" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt=("${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=2 -o Acquire::http::Timeout=20)
if ! { "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends "${packages[@]}"; } >"$log" 2>&1; then
    reason=$(grep '^E:' "$log" | head -n 1) || reason=$(tail -n 1 "$log")
    stop "$missing, and apt-get could not install them (${reason#E: }). $cure"
fi
