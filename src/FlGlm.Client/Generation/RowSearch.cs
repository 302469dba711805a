using FlGlm.Client.Data;
using FlGlm.Core.Models;

namespace FlGlm.Client.Generation;

/// <summary>Greedy search and sampling: token by token, each row until it ends.</summary>
/// <param name="tokenizer">what stop strings are found with; null where there are none</param>
internal sealed class RowSearch(
    IDecoder decoder, GenerationSettings settings, LogitsRules rules, IReadOnlySet<int> stopIds, TextTokenizer? tokenizer)
{
    private readonly TokenSampler? _sampler =
        settings.DoSample ? new TokenSampler(settings.Temperature, settings.TopK, settings.TopP) : null;

    /// <inheritdoc cref="TokenGenerator.GenerateAsync"/>
    /// <param name="limits">[R] tokens of the longest answer to each prompt</param>
    public async Task<IReadOnlyList<GeneratedRow>> RunAsync(
        IReadOnlyList<int[]> prompts, IReadOnlyList<int> limits, Action<GeneratedToken>? onToken, int firstRow, CancellationToken ct)
    {
        RunningRow[] rows = [.. prompts.Select((prompt, row) => new RunningRow(row, prompt, limits[row], RandomOf(firstRow + row), StopTextOf(prompt)))];
        var running = rows;
        var logits = await decoder.PrefillAsync(prompts, ct).ConfigureAwait(false);
        while (true)
        {
            for (var row = 0; row < running.Length; row++)
                Advance(running[row], logits[row], onToken, firstRow);
            int[] going = [.. Enumerable.Range(0, running.Length).Where(row => running[row].Answer is null)];
            if (going.Length == 0)
                return [.. rows.Select(row => row.Answer!)];
            ct.ThrowIfCancellationRequested();
            running = [.. going.Select(row => running[row])];
            logits = await decoder.DecodeAsync([.. running.Select(row => row.Ids[^1])], going, ct).ConfigureAwait(false);
        }
    }

    private void Advance(RunningRow row, float[] logits, Action<GeneratedToken>? onToken, int firstRow)
    {
        rules.Apply(logits, row.Ids, row.PromptLength);
        var chosen = _sampler is null ? Logits.ArgMax(logits) : _sampler.Draw(logits, row.Random);
        var token = chosen ?? throw GenerationFaults.NoToken(firstRow + row.Index + 1, logits, decoder.Dtype);
        if (stopIds.Contains(token))
        {
            row.Stop(token);
            return;
        }

        row.Append(token);
        onToken?.Invoke(new GeneratedToken(row.Index, token));
    }

    private StopText? StopTextOf(int[] prompt) =>
        settings.StopStrings.Count > 0 ? new StopText(tokenizer!, prompt, settings.StopStrings) : null;

    private SplitMix64 RandomOf(int row) => new(StableSeed.Of(settings.Seed, $"generation/{row}"));
}
