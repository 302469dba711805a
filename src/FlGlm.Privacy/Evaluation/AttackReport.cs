namespace FlGlm.Privacy.Evaluation;

/// <summary>What the attacks on a recording have found.</summary>
/// <param name="Results">of the attacks on tokens, with their controls</param>
/// <param name="OtherChannels">what else the server learns, a line each</param>
public sealed record AttackReport(IReadOnlyList<AttackResult> Results, IReadOnlyList<string> OtherChannels)
{
    /// <summary>A figure, or several, for each channel.</summary>
    public IReadOnlyList<ChannelResult> Channels { get; init; } = [];

    /// <summary>The whole as Markdown.</summary>
    public string Markdown() => $"""
        # What the server can learn

        Percent of the client's tokens. An attack counts where its controls hold: at the naked boundary (the embedding alone) it must be 20 points above
        the constant baseline, and trained on shuffled tokens it must not be above it.

        {AttackTable.Markdown(Results)}
        ## By channel

        Shares and areas of 1; a figure says something where it is beyond its control.

        {ChannelTable.Markdown(Channels)}
        {string.Join('\n', OtherChannels.Select(line => $"- {line}"))}

        """;
}
