namespace FlGlm.Cli.Privacy;

/// <summary>One run of a privacy report.</summary>
/// <param name="Name">Its folder's.</param>
/// <param name="Head">Blocks at the client before the middle.</param>
/// <param name="Defence">The name of its defence; empty = none.</param>
/// <param name="Strength">What differs from the configuration, as in the file.</param>
/// <param name="Reference">The name of the cell without a defence that it is compared with; its own where it is that.</param>
/// <param name="Config">Of the run.</param>
internal sealed record PrivacyCell(string Name, int Head, string Defence, string Strength, string Reference, FlGlmConfig Config)
{
    /// <summary>In tables and plots.</summary>
    public const string NoDefence = "no defence";

    /// <summary>Whether it is the run that those with a defence are compared with.</summary>
    public bool IsUndefended => Defence.Length == 0;

    /// <summary>In tables and plots.</summary>
    public string DefenceTitle => IsUndefended ? NoDefence : Defence;
}
