namespace FlGlm.Cli.Web.State;

/// <summary>
/// A curve of any length in bounded memory: of neighbouring points the lowest and the highest are kept, so that no peak is lost. When all buckets are
/// full, two become one. Not for several threads at once.
/// </summary>
/// <param name="capacity">Most buckets; even.</param>
internal sealed class Curve(int capacity = Curve.MaxPoints / 2)
{
    /// <summary>Most points of a plot's line.</summary>
    public const int MaxPoints = 1000;

    private readonly List<CurveBucket> _buckets = [];
    private int _width = 1;

    /// <summary>What is kept, in the order of x.</summary>
    public IReadOnlyList<CurveBucket> Buckets => _buckets;

    /// <summary>The points to draw, at most two of each bucket.</summary>
    public IReadOnlyList<(double X, double Y)> Points => [.. _buckets.SelectMany(bucket => bucket.Points())];

    /// <summary>Adds a point behind the others; what is not finite cannot be drawn, and is left out.</summary>
    public void Add(double x, double y)
    {
        if (!double.IsFinite(y))
            return;
        if (_buckets.Count == capacity && _buckets[^1].Count >= _width)
            Halve();
        if (_buckets.Count > 0 && _buckets[^1].Count < _width)
            _buckets[^1] = _buckets[^1].With(CurveBucket.Of(x, y));
        else
            _buckets.Add(CurveBucket.Of(x, y));
    }

    /// <summary>Removes what comes after a point; a bucket that begins before it stays as it is.</summary>
    public void RemoveAfter(double x) => _buckets.RemoveAll(bucket => bucket.First > x);

    private void Halve()
    {
        for (var pair = 0; pair < capacity / 2; pair++)
            _buckets[pair] = _buckets[2 * pair].With(_buckets[(2 * pair) + 1]);
        _buckets.RemoveRange(capacity / 2, capacity / 2);
        _width *= 2;
    }
}
