#!/usr/bin/env bash
# Installs what FlGlm needs beside the .NET SDK: libtorch, a fast BLAS, SentencePiece. Does nothing where they are there.
set -euo pipefail
packages=()
need() { [ -e "$1" ] || packages+=("$2"); }

if [ -z "${LIBTORCH:-}" ] && [ "${TorchBackend:-system}" = system ]; then
    [ -n "$(find /usr/include -maxdepth 1 -name torch 2>/dev/null)" ] || packages+=(libtorch-dev)
    [ -n "$(find /usr/lib -path '*openblas-pthread/libblas.so.3' 2>/dev/null)" ] || packages+=(libopenblas0-pthread)
fi
if [ "${TokenizerBackend:-system}" = system ]; then
    need /usr/include/sentencepiece_processor.h libsentencepiece-dev
    need /usr/bin/spm_train sentencepiece
fi
command -v g++ >/dev/null || packages+=(g++)
command -v cmake >/dev/null || packages+=(cmake)
[ ${#packages[@]} -eq 0 ] && exit 0

stop() {
    echo "flglm: this machine lacks ${packages[*]}, and $1." >&2
    echo "       Install them (Debian, Ubuntu: apt-get install ${packages[*]}), or name a LibTorch folder with LIBTORCH=DIR." >&2
    exit 1
}
command -v apt-get >/dev/null || stop "there is no apt-get here"
root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || stop "installing them needs root"
    root=(sudo)
fi
echo "flglm: installing ${packages[*]} (once)" >&2
log=$(mktemp)
if ! { "${root[@]}" apt-get update -qq && DEBIAN_FRONTEND=noninteractive "${root[@]}" apt-get install -y -qq --no-install-recommends "${packages[@]}"; } >"$log" 2>&1; then
    tail -n 5 "$log" >&2
    stop "apt-get could not install them (its last lines stand above)"
fi
rm -f "$log"
