using FlGlm.Core.Configuration;

namespace FlGlm.Client.Data;

/// <summary>Whether rows fit the lengths that they are to be padded to.</summary>
internal static class LengthBuckets
{
    private const string Key = "privacy.length_buckets";

    /// <param name="buckets">in ascending order; none = rows are not padded</param>
    /// <param name="data">the rows to train on and to validate with</param>
    /// <param name="positions">tokens that the model has positions for</param>
    /// <exception cref="ConfigurationException">The largest does not hold the longest row, or the model has fewer positions.</exception>
    public static void Expect(IReadOnlyList<int> buckets, Dataset data, int positions)
    {
        if (buckets.Count == 0)
            return;
        var longest = data.Validation.Select(set => set.Examples).Prepend(data.Train).SelectMany(StoredExamples.LengthsOf).DefaultIfEmpty().Max();
        if (buckets[^1] < longest)
            throw new ConfigurationException(Key, $"the largest is {buckets[^1]}, and the longest row has {longest} tokens; add a larger one, or cut rows with data.max_length.");
        if (buckets[^1] > positions)
            throw new ConfigurationException(Key, $"the largest is {buckets[^1]}, and the model has {positions} positions; {positions} or less.");
    }
}
