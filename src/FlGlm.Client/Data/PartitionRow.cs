namespace FlGlm.Client.Data;

/// <summary>A row of a training file that is learnt, in one example or several.</summary>
/// <param name="File">The file's place among those to train on.</param>
/// <param name="Number">Its line or number in the file.</param>
/// <param name="First">Its first example in the store.</param>
/// <param name="Count">Its examples.</param>
/// <param name="Label">Its label; null = none; <see cref="Several"/> where its examples differ.</param>
internal readonly record struct PartitionRow(int File, int Number, int First, int Count, string? Label)
{
    internal const string Several = "";

    internal bool HasOneLabel => Label is { Length: > 0 };

    /// <summary>The row with another example behind it.</summary>
    internal PartitionRow And(string? label) => this with { Count = Count + 1, Label = label == Label ? Label : Several };
}
