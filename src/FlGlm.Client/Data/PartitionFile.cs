namespace FlGlm.Client.Data;

/// <summary>Rows of one file that are this client's.</summary>
/// <param name="Path">The file, as <see cref="DataReport.Path"/> names it.</param>
/// <param name="IsLine">Whether the numbers are lines; else rows.</param>
/// <param name="Rows">Their numbers, counted from 1, in ascending order.</param>
public sealed record PartitionFile(string Path, bool IsLine, IReadOnlyList<int> Rows);
