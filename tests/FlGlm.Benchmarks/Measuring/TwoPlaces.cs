namespace FlGlm.Benchmarks.Measuring;

/// <summary>Two things timed side by side, and as often with their places exchanged: what the places differ by cancels out.</summary>
internal sealed record TwoPlaces(SideBySide First, SideBySide Second)
{
    /// <summary>
    /// Steps of one kind that follow each other before the other's turn comes, as they do in training; the first of them, which finds the
    /// other's weights in the processor's cache, is not counted.
    /// </summary>
    private const int StepsInARow = 5;

    public Samples Ours => new([.. First.Ours.Seconds, .. Second.Ours.Seconds]);

    public Samples Baseline => new([.. First.Baseline.Seconds, .. Second.Baseline.Seconds]);

    /// <inheritdoc cref="SideBySide.Ratio"/>
    public double Ratio => (First.Ratio + Second.Ratio) / 2;

    /// <inheritdoc cref="SideBySide.ExtraMilliseconds"/>
    public double ExtraMilliseconds => (First.ExtraMilliseconds + Second.ExtraMilliseconds) / 2;

    /// <param name="steps">of each kind, at the least</param>
    /// <param name="exchange">what is done in one place is done in the other from now on</param>
    public static async Task<TwoPlaces> MeasureAsync(int steps, Func<Task> ours, Func<Task> baseline, Action exchange)
    {
        await SideBySide.SettleAsync(ours, baseline);
        Place[] places = [new(), new()];
        while (places.Sum(place => place.Ours.Count) < steps)
        {
            foreach (var place in places)
            {
                await RowAsync(baseline, place.Baseline);
                await RowAsync(ours, place.Ours);
                exchange();
            }
        }

        return new TwoPlaces(places[0].Result, places[1].Result);
    }

    private static async Task RowAsync(Func<Task> step, List<double> seconds)
    {
        await step();
        for (var taken = 1; taken < StepsInARow; taken++)
            seconds.Add(await SideBySide.TimeAsync(step));
    }

    private sealed class Place
    {
        public List<double> Ours { get; } = [];

        public List<double> Baseline { get; } = [];

        public SideBySide Result => new(new Samples(Ours), new Samples(Baseline));
    }
}
