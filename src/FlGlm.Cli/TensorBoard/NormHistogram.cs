using Tensorboard;

namespace FlGlm.Cli.TensorBoard;

/// <summary>The histogram of some norms, in bins of one width.</summary>
internal static class NormHistogram
{
    private const int Bins = 30;

    /// <param name="norms">one or more</param>
    public static HistogramProto Of(IReadOnlyCollection<float> norms)
    {
        var (least, most) = ((double)norms.Min(), (double)norms.Max());
        var width = (most - least) / Bins;
        var counts = new double[width > 0 ? Bins : 1];
        foreach (var norm in norms)
            counts[width > 0 ? Math.Min((int)((norm - least) / width), Bins - 1) : 0]++;
        return new HistogramProto
        {
            Min = least,
            Max = most,
            Num = norms.Count,
            Sum = norms.Sum(norm => (double)norm),
            SumSquares = norms.Sum(norm => (double)norm * norm),
            BucketLimit = { counts.Select((_, bin) => bin == counts.Length - 1 ? most : least + ((bin + 1) * width)) },
            Bucket = { counts },
        };
    }
}
