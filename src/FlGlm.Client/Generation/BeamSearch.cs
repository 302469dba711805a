namespace FlGlm.Client.Generation;

/// <summary>Beam search as Hugging Face defines it, for several prompts at once.</summary>
internal sealed class BeamSearch(IDecoder decoder, GenerationSettings settings, LogitsRules rules, IReadOnlySet<int> stopIds)
{
    /// <inheritdoc cref="TokenGenerator.GenerateAsync"/>
    /// <param name="limits">[R] tokens of the longest answer to each prompt</param>
    public async Task<IReadOnlyList<GeneratedRow>> RunAsync(
        IReadOnlyList<int[]> prompts, IReadOnlyList<int> limits, Action<GeneratedToken>? onToken, int firstRow, CancellationToken ct)
    {
        PromptBeams[] searches =
            [.. prompts.Select((prompt, row) => new PromptBeams(prompt, firstRow + row + 1, limits[row], decoder.Dtype, settings, rules, stopIds))];
        var logits = await decoder.PrefillAsync(prompts, ct).ConfigureAwait(false);
        while (true)
        {
            var (tokens, rows) = Advance(searches, logits, onToken);
            if (tokens.Count == 0)
                return [.. searches.Select(search => search.Best)];
            ct.ThrowIfCancellationRequested();
            logits = await decoder.DecodeAsync(tokens, rows, ct).ConfigureAwait(false);
        }
    }

    /// <returns>the next token of each beam of each prompt, and the row that it continues</returns>
    private static (List<int> Tokens, List<int> Rows) Advance(PromptBeams[] searches, float[][] logits, Action<GeneratedToken>? onToken)
    {
        var (tokens, rows) = (new List<int>(), new List<int>());
        var firstRow = 0;
        for (var index = 0; index < searches.Length; index++)
        {
            var search = searches[index];
            var beams = search.Running.Count;
            if (beams == 0)
                continue;
            search.Advance(logits.AsSpan(firstRow, beams));
            tokens.AddRange(search.Running.Select(beam => beam.Ids[^1]));
            rows.AddRange(search.Running.Select(beam => firstRow + beam.Parent));
            firstRow += beams;
            if (search.Running.Count == 0)
                Report(index, search.Best, onToken);
        }

        return (tokens, rows);
    }

    private static void Report(int row, GeneratedRow answer, Action<GeneratedToken>? onToken)
    {
        foreach (var id in answer.Ids)
            onToken?.Invoke(new GeneratedToken(row, id));
    }
}
