namespace FlGlm.Client.Data;

/// <summary>One part of the training rows.</summary>
/// <param name="Number">Counted from 1.</param>
/// <param name="Rows">Rows of the files.</param>
/// <param name="Examples">What is learnt of them, which may be several for a row: the client's weight in an average.</param>
/// <param name="Labels">Its rows of each label of <see cref="Partition.Labels"/>.</param>
public sealed record PartitionPart(int Number, int Rows, int Examples, IReadOnlyList<int> Labels);
