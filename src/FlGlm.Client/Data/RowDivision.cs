namespace FlGlm.Client.Data;

/// <summary>Gives every training row its part. The same rows and settings give the same parts on every machine and for every client.</summary>
internal static class RowDivision
{
    /// <param name="settings">Valid ones; <see cref="PartitionSettings.Index"/> changes nothing.</param>
    /// <param name="rows">In the order of the files.</param>
    /// <param name="labels">The labels that rows have, in the task's order; none where rows are not told apart by them.</param>
    /// <returns>for each row its part, counted from 1; 0 = nobody's</returns>
    internal static int[] Of(PartitionSettings settings, IReadOnlyList<PartitionRow> rows, IReadOnlyList<string> labels)
    {
        var parts = new int[rows.Count];
        var random = new SplitMix64(settings.Seed);
        switch (settings.By)
        {
            case PartitionMethod.Files:
                for (var row = 0; row < parts.Length; row++)
                    parts[row] = rows[row].File + 1;
                break;
            case PartitionMethod.Dirichlet:
                foreach (var group in Groups(rows, labels))
                {
                    var shares = DirichletShares.Sizes(random, settings.Alpha, settings.Parts, group.Length);
                    Deal(Shuffled(group, random), shares, parts);
                }

                break;
            case PartitionMethod.LabelSkew:
                Deal([.. Groups(rows, labels).SelectMany(group => Shuffled(group, random))], EqualSizes(settings.Parts, rows.Count), parts);
                break;
            default:
                var sizes = settings.By == PartitionMethod.Counts ? settings.Counts : EqualSizes(settings.Parts, rows.Count);
                Deal(Shuffled([.. Enumerable.Range(0, rows.Count)], random), sizes, parts);
                break;
        }

        return parts;
    }

    /// <summary>The rows of each label; all rows together where there is none.</summary>
    private static IEnumerable<int[]> Groups(IReadOnlyList<PartitionRow> rows, IReadOnlyList<string> labels)
    {
        if (labels.Count == 0)
            return [[.. Enumerable.Range(0, rows.Count)]];
        var byLabel = Enumerable.Range(0, rows.Count).ToLookup(row => rows[row].Label);
        return labels.Select(label => byLabel[label].ToArray());
    }

    private static int[] Shuffled(int[] rows, SplitMix64 random)
    {
        random.Shuffle(rows);
        return rows;
    }

    private static int[] EqualSizes(int parts, int rows) => [.. Enumerable.Range(0, parts).Select(part => (rows / parts) + (part < rows % parts ? 1 : 0))];

    /// <summary>The first rows go to part 1, the next to part 2.</summary>
    private static void Deal(int[] rows, IReadOnlyList<int> sizes, int[] parts)
    {
        var next = 0;
        for (var part = 0; part < sizes.Count; part++)
        {
            foreach (var row in rows.AsSpan(next, sizes[part]))
                parts[row] = part + 1;
            next += sizes[part];
        }
    }
}
