namespace FlGlm.Client.Evaluation.Metrics;

/// <summary>Gives equal words equal numbers, in the order in which they first come.</summary>
internal sealed class WordNumbers
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    public int[] Of(IEnumerable<string> words) => [.. words.Select(Of)];

    private int Of(string word)
    {
        if (!_numbers.TryGetValue(word, out var number))
            _numbers.Add(word, number = _numbers.Count);
        return number;
    }
}
