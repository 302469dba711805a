using System.Globalization;
using FlGlm.Cli.CommandLine;
using FlGlm.Client.Data;

namespace FlGlm.Cli.Simulation;

/// <summary>A partition in a word: a value of <c>data.partition.by</c>, and of a Dirichlet distribution also its alpha, <c>dirichlet-0.1</c>.</summary>
/// <param name="By">How rows are divided.</param>
/// <param name="Alpha">Null = the configuration's.</param>
internal sealed record PartitionWord(PartitionMethod By, double? Alpha)
{
    private const string Dirichlet = "dirichlet-";

    /// <summary>The words, for messages.</summary>
    public static string Known { get; } = $"{string.Join(", ", EnumWords.All<PartitionMethod>())}, {Dirichlet}ALPHA";

    /// <summary>What a word says; null where it is none.</summary>
    public static PartitionWord? Parse(string word)
    {
        if (EnumWords.Value<PartitionMethod>(word) is { } by)
            return new PartitionWord(by, null);
        return word.StartsWith(Dirichlet, StringComparison.Ordinal) && double.TryParse(word[Dirichlet.Length..], NumberStyles.Float, CultureInfo.InvariantCulture, out var alpha)
            ? new PartitionWord(PartitionMethod.Dirichlet, alpha)
            : null;
    }

    /// <summary>The configuration's partition with what the word says.</summary>
    public PartitionSettings In(PartitionSettings own) => own with { By = By, Alpha = Alpha ?? own.Alpha };
}
