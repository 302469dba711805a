using FlGlm.Client.Data;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Generation;

/// <summary>Answers prompts with a model: greedily, by sampling or by beam search, as the settings say.</summary>
/// <remarks>
/// The answers of a batch are those of its prompts one by one, if the logits are the same; rows that have ended are no longer computed.
/// The logits that <paramref name="decoder"/> returns are changed in place.
/// </remarks>
/// <param name="decoder">The model.</param>
/// <param name="settings">How tokens are chosen.</param>
/// <param name="stopIds">Tokens that end an answer.</param>
/// <param name="maxPositions">Tokens of the longest row, prompt and answer together, that the model supports.</param>
/// <param name="tokenizer">The model's tokenizer; only stop strings need it.</param>
/// <exception cref="ConfigurationException">The settings contradict each other.</exception>
/// <exception cref="ArgumentException">There are stop strings and no tokenizer.</exception>
public sealed class TokenGenerator(
    IDecoder decoder, GenerationSettings settings, IReadOnlyCollection<int> stopIds, int maxPositions, TextTokenizer? tokenizer = null)
{
    private readonly GenerationSettings _settings = Valid(settings);
    private readonly HashSet<int> _stopIds = [.. stopIds];
    private readonly TextTokenizer? _tokenizer = settings.StopStrings.Count == 0 || tokenizer is not null
        ? tokenizer
        : throw new ArgumentException("Stop strings need the model's tokenizer.", nameof(tokenizer));

    /// <summary>Refuses prompts that cannot be answered, as <see cref="GenerateAsync"/> does, before a model is loaded.</summary>
    /// <param name="prompts">[R] token ids, of any lengths</param>
    /// <inheritdoc cref="TokenGenerator(IDecoder, GenerationSettings, IReadOnlyCollection{int}, int, TextTokenizer)"/>
    /// <exception cref="DataException">A prompt is empty or leaves no room in the model.</exception>
    /// <exception cref="ConfigurationException">max_length leaves no room after a prompt.</exception>
    public static void Check(IReadOnlyList<int[]> prompts, GenerationSettings settings, int maxPositions) =>
        Limits(prompts, settings, maxPositions, firstRow: 0);

    /// <summary>Answers every prompt.</summary>
    /// <param name="prompts">[R] token ids, of any lengths</param>
    /// <param name="onToken">
    /// called for every token of the answers, in order per row: greedy and sampled tokens when chosen, tokens of a beam search at its end
    /// </param>
    /// <param name="firstRow">the index of <paramref name="prompts"/>[0] among all prompts of the run: row and seed together determine a sample</param>
    /// <returns>[R] the answers, in the order of the prompts</returns>
    /// <exception cref="DataException">A prompt is empty or leaves no room in the model.</exception>
    /// <exception cref="ConfigurationException">max_length leaves no room after a prompt, or no token can follow.</exception>
    public async Task<IReadOnlyList<GeneratedRow>> GenerateAsync(
        IReadOnlyList<int[]> prompts, Action<GeneratedToken>? onToken = null, int firstRow = 0, CancellationToken ct = default)
    {
        var limits = Limits(prompts, _settings, maxPositions, firstRow);
        if (prompts.Count == 0)
            return [];
        var rules = new LogitsRules(_settings, _stopIds);
        return _settings.NumBeams > 1
            ? await new BeamSearch(decoder, _settings, rules, _stopIds).RunAsync(prompts, limits, onToken, firstRow, ct).ConfigureAwait(false)
            : await new RowSearch(decoder, _settings, rules, _stopIds, _tokenizer).RunAsync(prompts, limits, onToken, firstRow, ct).ConfigureAwait(false);
    }

    /// <returns>[R] tokens of the longest answer to each prompt, 1 or more</returns>
    private static int[] Limits(IReadOnlyList<int[]> prompts, GenerationSettings settings, int maxPositions, int firstRow) =>
        [.. prompts.Select((prompt, row) => Limit(prompt.Length, firstRow + row + 1, settings, maxPositions))];

    private static int Limit(int length, int prompt, GenerationSettings settings, int maxPositions)
    {
        if (length == 0)
            throw GenerationFaults.Empty(prompt);
        if (length >= maxPositions)
            throw GenerationFaults.TooLong(prompt, length, maxPositions);
        if (settings.MaxLength > 0 && length >= settings.MaxLength)
            throw GenerationFaults.OverMaxLength(prompt, length, settings.MaxLength);
        var row = settings.MaxLength > 0 ? Math.Min(settings.MaxLength, maxPositions) : maxPositions;
        return settings.MaxNewTokens > 0 ? Math.Min(settings.MaxNewTokens, row - length) : row - length;
    }

    private static GenerationSettings Valid(GenerationSettings settings)
    {
        Problem[] problems = [.. settings.Validate().Select(problem => problem with { Key = $"generation.{problem.Key}" })];
        return problems.Length == 0 ? settings : throw new ConfigurationException(problems);
    }
}
