using FlGlm.Client.Data;

namespace FlGlm.Privacy.Attacks;

/// <summary>Vectors of rows with what they were made of: of the attacker's own rows to train with, of the client's rows to score with.</summary>
/// <param name="Rows">the vectors; owned by this object</param>
/// <param name="Ids">[N] the token at each place</param>
/// <param name="Judged">[N] whether the loss is taken there, of the next token</param>
public sealed record KnownRows(PackedRows Rows, long[] Ids, bool[] Judged) : IDisposable
{
    /// <summary>The rows as the client has them.</summary>
    public IReadOnlyList<Example> Examples() => [.. Rows.Lengths.Scan().Zip(Rows.Lengths, ExampleOf)];

    /// <summary>At most so many rows, spread evenly over those with loss.</summary>
    public KnownRows Spread(int count)
    {
        int[] all = [.. Enumerable.Range(0, Rows.Lengths.Count).Where(row => Rows.PlacesOf([row]).Any(place => Judged[place]))];
        var taken = Math.Min(count, all.Length);
        int[] rows = [.. Enumerable.Range(0, taken).Select(row => all[(int)((long)row * all.Length / taken)])];
        var places = Rows.PlacesOf(rows);
        return new KnownRows(Rows.Some(rows), [.. places.Select(place => Ids[place])], [.. places.Select(place => Judged[place])]);
    }

    /// <inheritdoc/>
    public void Dispose() => Rows.Dispose();

    private Example ExampleOf(int start, int length)
    {
        int[] ids = [.. Ids.AsSpan(start, length).ToArray().Select(id => (int)id)];
        return new Example(ids, [.. ids.Select((id, place) => place > 0 && Judged[start + place - 1] ? id : Example.Ignored)]);
    }
}
