namespace FlGlm.Client.Data.Rows;

/// <summary>A row as the file has it.</summary>
/// <param name="Place">Where it stands.</param>
internal abstract record DataRow(RowPlace Place)
{
    /// <summary>Its fields that nothing uses.</summary>
    internal IReadOnlyList<string> Ignored { get; init; } = [];
}
