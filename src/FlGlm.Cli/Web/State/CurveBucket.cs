namespace FlGlm.Cli.Web.State;

/// <summary>What is kept of some neighbouring points of a curve.</summary>
/// <param name="First">The x of the first of them.</param>
/// <param name="Low">The lowest.</param>
/// <param name="High">The highest.</param>
/// <param name="Sum">Of all y.</param>
/// <param name="Count">How many there are.</param>
internal readonly record struct CurveBucket(double First, (double X, double Y) Low, (double X, double Y) High, double Sum, int Count)
{
    public double Mean => Sum / Count;

    public static CurveBucket Of(double x, double y) => new(x, (x, y), (x, y), y, 1);

    /// <summary>These points and later ones.</summary>
    public CurveBucket With(CurveBucket later) => new(
        First, later.Low.Y < Low.Y ? later.Low : Low, later.High.Y > High.Y ? later.High : High, Sum + later.Sum, Count + later.Count);

    /// <summary>The lowest and the highest point, in the order of x; one point where they are the same.</summary>
    public IEnumerable<(double X, double Y)> Points() => Low.X == High.X ? [Low] : Low.X < High.X ? [Low, High] : [High, Low];
}
