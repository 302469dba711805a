using System.Diagnostics;
using System.Runtime.CompilerServices;
using FlGlm.Client.Data;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Generation;

/// <summary>Answers questions with the split model, its middle at a server or in this process. The model is loaded for the first question.</summary>
public sealed class Generator(GeneratorOptions options) : IAsyncDisposable
{
    private DecoderSession? _session;

    /// <summary>Answers questions, a batch of <c>generation.batch_size</c> after the other.</summary>
    /// <param name="questions">all are checked before the first is answered</param>
    /// <param name="onPiece">called with each piece of text of a single question's answer as it is generated</param>
    /// <exception cref="DataException">A question is empty, or too long for the model.</exception>
    public async IAsyncEnumerable<Answer> AnswerAsync(
        IReadOnlyList<Dialogue> questions, Action<string>? onPiece = null, [EnumeratorCancellation] CancellationToken ct = default)
    {
        var session = _session ??= Open();
        var prompts = Encode(session, questions);
        var generator = new TokenGenerator(
            await session.OpenAsync(ct).ConfigureAwait(false), options.Generation, session.Tokenizer.StopIds, session.Model.FreePositions, session.Tokenizer);
        var clock = Stopwatch.StartNew();
        var (row, tokens) = (0, 0);
        foreach (var batch in prompts.Chunk(options.Generation.BatchSize))
        {
            foreach (var answer in await GenerateAsync(session, generator, batch, row, questions.Count == 1 ? onPiece : null, ct).ConfigureAwait(false))
            {
                tokens += answer.Ids.Count;
                var text = session.Tokenizer.DecodeAnswer(prompts[row], answer.Ids, options.Template);
                yield return new Answer(row + 1, questions[row].Prompt, text, answer.Ids.Count, answer.FinishReason, answer.Score);
                row++;
            }
        }

        options.Events.Report(FormattableString.Invariant($"{questions.Count} question(s) answered with {tokens} tokens in {clock.Elapsed.TotalSeconds:F1} s"));
        if (session.Channel is { } channel)
            options.Events.Report($"{channel.BytesSent} bytes sent, {channel.BytesReceived} received in all");
    }

    /// <summary>Ends the session with the server and frees the model.</summary>
    public ValueTask DisposeAsync() => _session?.DisposeAsync() ?? ValueTask.CompletedTask;

    private DecoderSession Open()
    {
        var session = new DecoderSession(options);
        if (GenerationConfigFile.Unused(options.Model) is { Count: > 0 } unused)
            options.Events.Report($"generation_config.json sets {string.Join(", ", unused)}: not read, the generation keys of the configuration count");
        if (options.Generation.NotSampled() is { Count: > 0 } keys)
            options.Events.Warn($"generation: {string.Join(", ", keys)} set, which counts only with do_sample: true");
        return session;
    }

    /// <summary>All questions as token ids; checked before any weight is loaded.</summary>
    private int[][] Encode(DecoderSession session, IReadOnlyList<Dialogue> questions)
    {
        int[][] prompts = [.. questions.Select(question => session.Tokenizer.EncodePrompt(question, options.Template).ToArray())];
        TokenGenerator.Check(prompts, options.Generation, session.Model.FreePositions);
        return prompts;
    }

    private async Task<IReadOnlyList<GeneratedRow>> GenerateAsync(
        DecoderSession session, TokenGenerator generator, int[][] batch, int firstRow, Action<string>? onPiece, CancellationToken ct)
    {
        if (onPiece is null)
            return await generator.GenerateAsync(batch, onToken: null, firstRow, ct).ConfigureAwait(false);
        using var stream = new AnswerStream(session.Tokenizer, batch[0], options.Template, onPiece);
        return await generator.GenerateAsync(batch, token => stream.Add(token.Id), firstRow, ct).ConfigureAwait(false);
    }
}
