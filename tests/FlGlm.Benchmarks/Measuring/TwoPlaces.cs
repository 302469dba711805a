namespace FlGlm.Benchmarks.Measuring;

/// <summary>Things timed in turn, and as often with their places exchanged: what the places differ by cancels out.</summary>
internal sealed class TwoPlaces
{
    /// <summary>
    /// Steps of one kind that follow each other before the next kind's turn comes, as they do in training; the first of them, which finds the
    /// other's weights in the processor's cache, is not counted.
    /// </summary>
    private const int StepsInARow = 5;

    /// <summary>Of each place: the samples of each time.</summary>
    private readonly List<double>[][] _places = [[], []];

    private TwoPlaces()
    {
    }

    /// <param name="steps">of each thing, at the least</param>
    /// <param name="exchange">what is done in one place is done in the other from now on</param>
    /// <param name="things">each does it once and returns the seconds it took, or several times of it</param>
    public static async Task<TwoPlaces> MeasureAsync(int steps, Action exchange, params Func<Task<double[]>>[] things)
    {
        await SideBySide.SettleAsync(things);
        var measured = new TwoPlaces();
        while (measured._places.Sum(place => place.FirstOrDefault()?.Count ?? 0) < steps)
        {
            for (var place = 0; place < measured._places.Length; place++)
            {
                measured.Add(place, await RowsAsync(things));
                exchange();
            }
        }

        return measured;
    }

    /// <param name="time">times are numbered from 0, thing after thing</param>
    public Samples Of(int time) => new([.. _places.SelectMany(place => place[time])]);

    /// <summary>One time's median / another's: the mean of both places.</summary>
    public double Ratio(int ours, int baseline) => _places.Average(place => Ratio(place, ours, baseline));

    /// <summary>The ratio in each place, for notes.</summary>
    public string Places(int ours, int baseline) => string.Join(" and ", _places.Select(place => $"{Ratio(place, ours, baseline):F3}"));

    private static double Ratio(List<double>[] place, int ours, int baseline) => new Samples(place[ours]).P50 / new Samples(place[baseline]).P50;

    /// <summary>One row of every thing.</summary>
    /// <returns>of each time: the samples that count</returns>
    private static async Task<List<double>[]> RowsAsync(IEnumerable<Func<Task<double[]>>> things)
    {
        var rows = new List<List<double>>();
        foreach (var thing in things)
        {
            var first = await thing();
            var row = first.Select(_ => new List<double>()).ToArray();
            for (var taken = 1; taken < StepsInARow; taken++)
            {
                foreach (var (samples, seconds) in row.Zip(await thing()))
                    samples.Add(seconds);
            }

            rows.AddRange(row);
        }

        return [.. rows];
    }

    private void Add(int place, List<double>[] rows) =>
        _places[place] = _places[place].Length == 0 ? rows : [.. _places[place].Zip(rows, (had, more) => new List<double>([.. had, .. more]))];
}
