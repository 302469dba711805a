namespace FlGlm.Privacy.Attacks;

/// <summary>Vectors of rows with what they were made of: of the attacker's own rows to train with, of the client's rows to score with.</summary>
/// <param name="Rows">the vectors; owned by this object</param>
/// <param name="Ids">[N] the token at each place</param>
/// <param name="Judged">[N] whether the loss is taken there, of the next token</param>
public sealed record KnownRows(PackedRows Rows, long[] Ids, bool[] Judged) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Rows.Dispose();
}
