namespace FlGlm.Client.Data;

/// <summary>How the training rows are divided among the clients, and which are this client's.</summary>
/// <param name="Settings">What it was made with.</param>
/// <param name="Rows">The rows that can be learnt, of all parts and of none.</param>
/// <param name="Labels">The labels that rows have, in the task's order; none where not every row has exactly one.</param>
/// <param name="Parts">All parts.</param>
/// <param name="Files">The rows of this client's part.</param>
/// <param name="Sha256">Of the files' content and every row's part: clients with the same one have the same partition, whatever their files are called.</param>
public sealed record Partition(
    PartitionSettings Settings, int Rows, IReadOnlyList<string> Labels, IReadOnlyList<PartitionPart> Parts, IReadOnlyList<PartitionFile> Files, string Sha256)
{
    /// <summary>This client's part.</summary>
    public PartitionPart Own => Parts[Settings.Index - 1];

    /// <summary>Rows that are nobody's: those beyond <see cref="PartitionSettings.Counts"/>.</summary>
    public int Unused => Rows - Parts.Sum(part => part.Rows);
}
