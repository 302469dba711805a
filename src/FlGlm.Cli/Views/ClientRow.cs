namespace FlGlm.Cli.Views;

/// <summary>The live display's row of one client.</summary>
/// <param name="Pace">Its speed so far.</param>
/// <param name="Share">Steps done, 0..1.</param>
/// <param name="Lines">Its figures.</param>
internal sealed record ClientRow(Pace Pace, double Share, IReadOnlyList<string> Lines);
