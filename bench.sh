#!/usr/bin/env bash
# Prepares the machine, builds and runs the benchmarks (docs/benchmarks.md).
#
#   ./bench.sh                    everything
#   ./bench.sh r1 r9 --steps 31   some of it
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
. eng/runtime.sh
export OMP_WAIT_POLICY=passive    # libtorch's threads sleep between two products: where several processes share cores, waiting in a loop takes them from the others
export DOTNET_TieredCompilation=0 # compiled once and for good, so that no compiler runs beside the steps

eng/setup.sh
dotnet build tests/FlGlm.Benchmarks -c Release -v quiet -nologo -clp:NoSummary
exec dotnet tests/FlGlm.Benchmarks/bin/Release/net10.0/FlGlm.Benchmarks.dll "$@"
