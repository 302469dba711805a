using FlGlm.Privacy.Metrics;
using static TorchSharp.torch;

namespace FlGlm.Privacy.Attacks;

/// <summary>
/// Which positions carry loss, read from the norms of dL/dhN-2. Without a block in the tail the others are exactly 0; with one, its attention spreads
/// the gradient, and the norm is a score.
/// </summary>
/// <param name="Area">of the norms</param>
/// <param name="Found">share of the positions with loss whose row is not 0</param>
/// <param name="Correct">share of the rows that are not 0 whose position has loss</param>
public sealed record GradientSupport(RocArea Area, double Found, double Correct)
{
    /// <summary>Whether rows that are not 0 and positions with loss are the same.</summary>
    public bool IsExact => Found >= 1 && Correct >= 1;

    /// <param name="gradient">dL/dhN-2, with where the loss is taken</param>
    public static GradientSupport Measure(KnownRows gradient)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        var norms = gradient.Rows.Vectors.norm(1).cpu().data<float>().ToArray();
        List<IReadOnlyList<(double Score, bool IsTrue)>> rows =
        [
            .. gradient.Rows.Lengths.Scan().Zip(gradient.Rows.Lengths, (start, length) => Enumerable.Range(start, length).Select(place => ((double)norms[place], gradient.Judged[place])).ToList()),
        ];
        var (judged, shown) = (gradient.Judged.Count(isJudged => isJudged), norms.Count(norm => norm > 0));
        var both = norms.Zip(gradient.Judged).Count(place => place.First > 0 && place.Second);
        return new GradientSupport(RocArea.Of(rows), both / (double)judged, both / (double)shown);
    }
}
