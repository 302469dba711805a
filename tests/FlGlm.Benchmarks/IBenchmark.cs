using FlGlm.Benchmarks.Measuring;

namespace FlGlm.Benchmarks;

/// <summary>Measures one ratio, side by side with what it is a ratio to.</summary>
internal interface IBenchmark
{
    /// <summary>As typed on the command line and in docs/benchmarks.md.</summary>
    string Name { get; }

    /// <param name="steps">samples behind every median</param>
    Task<IReadOnlyList<Result>> RunAsync(int steps);
}
