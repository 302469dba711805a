namespace FlGlm.Privacy.Tests.Accounting;

internal static class Integrals
{
    /// <summary>Simpson's rule.</summary>
    /// <param name="intervals">an even number</param>
    public static double Simpson(Func<double, double> of, double from, double to, int intervals = 20_000)
    {
        var width = (to - from) / intervals;
        return width / 3 * Enumerable.Range(0, intervals + 1).Sum(at => of(from + (at * width)) * (at is 0 || at == intervals ? 1 : at % 2 == 1 ? 4 : 2));
    }
}
