namespace FlGlm.Client.Data.Rows;

/// <summary>A text of which every token is learnt.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Text">The text.</param>
/// <param name="IsDocument">Whether it is one of several, each of which ends with the closing mark; else a whole file.</param>
internal sealed record TextRow(RowPlace Place, string Text, bool IsDocument) : DataRow(Place)
{
    /// <summary>Whether Windows line ends have been replaced.</summary>
    internal bool LineEndsChanged { get; init; }
}
