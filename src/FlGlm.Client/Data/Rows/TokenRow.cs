namespace FlGlm.Client.Data.Rows;

/// <summary>A row tokenised elsewhere.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Ids">Token ids, padding left out.</param>
/// <param name="Labels">One for every id, <see cref="Example.Ignored"/> where the loss leaves it out; not shifted. Null = the family's own.</param>
internal sealed record TokenRow(RowPlace Place, int[] Ids, int[]? Labels) : DataRow(Place);
