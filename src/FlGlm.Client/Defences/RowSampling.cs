using FlGlm.Client.Data;
using FlGlm.Core.Models;

namespace FlGlm.Client.Defences;

/// <summary>How the rows of each step are drawn: uniformly, without replacement, in random order, and independently of other steps.</summary>
/// <param name="Rows">to draw from</param>
/// <param name="RowsPerStep">that are drawn, at most <paramref name="Rows"/></param>
/// <param name="LookAlike">
/// The server cannot tell which rows a step has but by the values that leave: all leave with the same length, the same context where the family has one, and
/// something to learn, and their targets are not counted.
/// </param>
public sealed record RowSampling(int Rows, int RowsPerStep, bool LookAlike)
{
    /// <param name="marks">of the model's family</param>
    /// <param name="buckets">lengths that rows leave with, in ascending order; none = their own</param>
    /// <param name="sendsTargets">whether the server learns how many positions are judged</param>
    internal static RowSampling Of(IReadOnlyList<Example> rows, int rowsPerStep, ContextMarks? marks, IReadOnlyList<int> buckets, bool sendsTargets) =>
        new(rows.Count, Math.Min(rowsPerStep, rows.Count), !sendsTargets && AreAlike(rows, marks, buckets));

    private static bool AreAlike(IReadOnlyList<Example> rows, ContextMarks? marks, IReadOnlyList<int> buckets)
    {
        var seen = new HashSet<(int Length, RowContext? Context)>();
        foreach (var row in rows)
        {
            var batch = BatchCollator.Collate([row], marks: marks, buckets: buckets);
            seen.Add((batch.Layout.Lengths[0], batch.Contexts?[0]));
            if (batch.LabelCount == 0 || seen.Count > 1)
                return false;
        }

        return true;
    }
}
